"""What the reader of source code says about a marked value: region, keys, assigned variable."""

from __future__ import annotations

import pytest

from stackaudit.detect import code
from stackaudit.detect.entry import Entry

# language, snippet with the value between « », keys, assigned
PYTHON = [
    ('client.chat.completions.create(model="«gpt-4o»", n=1)', ("client.chat.completions.create", "model"), ""),
    ('self.client = OpenAI(base_url="«https://a.b»")', ("OpenAI", "base_url"), "self.client"),
    ('MODEL = "«m»"', ("MODEL",), "MODEL"),
    ('model: str = "«m»"', ("model",), "model"),
    ('class A:\n    model: Optional[str] = "«m»"\n', ("model",), "model"),
    ('self.model_name = "«m»"', ("model_name",), "self.model_name"),
    ('d["model"] = "«m»"', ("model",), 'd["model"]'),
    ('config = {"model": "«m»", "n": 1}', ("config", "model"), "config"),
    ('MODELS = ["a", "«m»"]', ("MODELS",), "MODELS"),
    ('MODELS = [\n    "a",\n    # note, with comma\n    "«m»",\n]', ("MODELS",), "MODELS"),
    ('X = {"«m»": 8192}', ("X", ":"), "X"),
    ('X = {"a": {"«m»": 8192}}', ("X", "a", ":"), "X"),
    ('m = os.getenv("MODEL", "«m»")', ("os.getenv", "MODEL"), "m"),
    ('m = os.environ.get("MODEL") or "«m»"', ("m", "os.environ.get", "MODEL"), "m"),
    ('m = os.environ["«OPENAI_API_KEY»"]', ("os.environ", "[]"), "m"),
    ('def f(a, model="«m»"):\n    pass', ("f", "model"), ""),
    ('def f(a: int, model: str = "«m»") -> None: ...', ("f", "model"), ""),
    ('if model == "«m»":\n    pass', ("model", "=="), ""),
    ('if "«m»" == model:\n    pass', ("==",), ""),
    ('if "«m»" in model:\n    pass', ("in",), ""),
    ('if model in ("a", "«m»"):\n    pass', ("in",), ""),
    ('if model.startswith("«m»"):\n    pass', ("model.startswith",), ""),
    ('model = "a" if x else "«m»"', ("model",), "model"),
    ('model = "«m»" if x else "b"', ("model",), "model"),
    ('model = x or "«m»"', ("model", "x"), "model"),
    ('llm = Agent(llm=ChatOpenAI(model="«m»"))', ("Agent", "llm", "ChatOpenAI", "model"), "llm"),
    ('def f():\n    x = 1\n    return "«m»"', ("return",), ""),
    ('p.add_argument("--model", default="«m»")', ("p.add_argument", "--model", "default"), ""),
    ('model: str = Field(default="«m»", description="x")', ("Field", "default"), "model"),
    ('@app.get("«/v1/x»")\ndef f(): ...', ("app.get",), ""),
    ('x = foo(1, 2)\ny = "«m»"', ("y",), "y"),
    ('if a: model = "«m»"', ("model",), "model"),
    ('case "«m»":', ("case",), ""),
    ('import «openai»', ("import",), ""),
    ('from «openai.types» import x', ("from",), ""),
]
JAVASCRIPT = [
    ('const client = new OpenAI({ baseURL: "«https://a.b»" });', ("OpenAI", "baseURL"), "client"),
    ('const r = await openai.chat.completions.create({\n  model: "«m»",\n});', ("openai.chat.completions.create", "model"), "r"),
    ("const MODEL = '«m»';", ("MODEL",), "MODEL"),
    ("export const MODEL: string = '«m»'", ("MODEL",), "MODEL"),
    ('const m = process.env.MODEL || "«m»";', ("m", "MODEL"), "m"),
    ('const m = process.env["MODEL"] ?? "«m»";', ("m", "MODEL"), "m"),
    ('const m = opts.model ?? "«m»";', ("m", "model"), "m"),
    ('const a = {models: [{id: "«m»"}]}', ("a", "models", "id"), "a"),
    ('if (model === "«m»") {}', ("model", "=="), ""),
    ('if (model.includes("«m»")) {}', ("model.includes",), ""),
    ('switch (x) {\n  case "«m»":\n    return 1;\n}', ("case",), ""),
    ('switch (x) {\n  case A:\n    return "«m»";\n}', ("return",), ""),
    ('import OpenAI from "«openai»";', ("from",), ""),
    ('const x = require("«openai»");', ("require",), "x"),
    ('const f = () => {\n  const a = 1\n  const model = "«m»"\n}', ("model",), "model"),
    ('const m = x ? "«a»" : "b"', ("m",), "m"),
    ('const m = x ? "a" : "«b»"', ("m",), "m"),
    ('this.model = fields?.model ?? "«m»"', ("model", "model"), "this.model"),
    ('function f(model = "«m»") {}', ("f", "model"), ""),
    ('class A {\n  model = "«m»";\n}', ("model",), "model"),
    ('const x = <Select value="«m»" n={1} />', ("Select", "value"), ""),
    ('enum M {\n  Gpt = "«m»",\n  B = "b",\n}', ("Gpt",), "Gpt"),
    ('type M = "a" | "«m»"', ("M",), "M"),
    ('generateText({ model: openai("«m»"), prompt })', ("generateText", "model", "openai"), ""),
    ('foo("a").bar({ model: "«m»" })', ("foo", "bar", "model"), ""),
    ('if (/«gpt»/.test(x)) {}', ("=~",), ""),
    ('const P = {\n  "«m»": { price: 1 },\n}', ("P", ":"), "P"),
    ('export default {\n  model: "«m»",\n}', ("model",), ""),
    ('function f() {\n  return { model: "«m»" }\n}', ("f", "return", "model"), ""),
]
OTHERS = [
    ("go", 'model := "«m»"', ("model",), "model"),
    ("go", 'client, err := openai.New("«m»")', ("openai.New",), "client"),
    ("go", 'const (\n\tA ModelID = "a"\n\tB ModelID = "«m»"\n)', ("B",), "B"),
    ("go", 'req := openai.Request{\n\tModel: "«m»",\n}', ("openai.Request", "Model"), "req"),
    ("go", 'func f() string {\n\treturn "«m»"\n}', ("f", "return"), ""),
    ("go", 'var models = []string{"a", "«m»"}', ("models",), "models"),
    ("go", 'var m = map[string]int{"«m»": 1}', ("m", ":"), "m"),
    ("go", 'switch x {\ncase "a", "«m»":\n\treturn\n}', ("case",), ""),
    ("go", 'import (\n\t"fmt"\n\t"«github.com/x/y»"\n)', ("import",), ""),
    ("go", 'm := getenv("MODEL", "«m»")', ("getenv", "MODEL"), "m"),
    ("go", 'cfg.BaseURL = "«https://a»"', ("BaseURL",), "cfg.BaseURL"),
    ("java", 'String model = "«m»";', ("model",), "model"),
    ("java", 'private static final String MODEL = "«m»";', ("MODEL",), "MODEL"),
    ("java", 'enum M {\n  GPT_4("«m»", 1),\n}', ("GPT_4",), ""),
    ("java", 'var c = OpenAiChatModel.builder().apiKey(k).modelName("«m»").build();', ("OpenAiChatModel.builder", "modelName"), "c"),
    ("java", 'class A {\n  @Value("«m»")\n  String x;\n}', ("Value",), ""),
    ("java", 'if (model.equals("«m»")) { return 1; }', ("model.equals",), ""),
    ("java", 'switch (x) { case "«m»": return 1; }', ("case",), ""),
    ("java", 'class A { String f() { return "«m»"; } }', ("f", "return"), ""),
    ("kotlin", 'val model: String = "«m»"', ("model",), "model"),
    ("kotlin", 'val m = System.getenv("MODEL") ?: "«m»"', ("m", "System.getenv", "MODEL"), "m"),
    ("kotlin", 'val x = mapOf("model" to "«m»")', ("mapOf", "model"), "x"),
    ("kotlin", 'val x = when (p) {\n  A -> "«m»"\n  else -> "b"\n}', ("x", "A"), "x"),
    ("kotlin", 'when (p) {\n  "«m»" -> 1\n}', ("case",), ""),
    ("kotlin", 'enum class M(val id: String) {\n  A("a"),\n  B("«m»"),\n}', ("B",), ""),
    ("kotlin", 'chat {\n  n = 1\n  model = "«m»"\n}', ("chat", "model"), "model"),
    ("csharp", 'var c = new Foo { Model = "«m»" };', ("Foo", "Model"), "c"),
    ("csharp", 'builder.AddChat(modelId: "«m»", apiKey: k);', ("builder.AddChat", "modelId"), ""),
    ("csharp", 'public string Model { get; set; } = "«m»";', ("Model",), "Model"),
    ("csharp", 'public string Model => "«m»";', ("Model",), ""),
    ("csharp", 'var m = x switch { A.B => "«m»", _ => "c" };', ("m", "A.B"), "m"),
    ("csharp", 'var m = Environment.GetEnvironmentVariable("MODEL") ?? "«m»";', ("m", "Environment.GetEnvironmentVariable", "MODEL"), "m"),
    ("csharp", '[JsonProperty("«m»")]\npublic string X;', ("JsonProperty",), ""),
    ("rust", 'let model: &str = "«m»";', ("model",), "model"),
    ("rust", 'pub const M: &\'static str = "«m»";', ("M",), "M"),
    ("rust", 'let r = Request { model: "«m»".to_string(), n: 1 };', ("Request", "model"), "r"),
    ("rust", 'let c = Ollama::new("«http://a»".into());', ("Ollama::new",), "c"),
    ("rust", 'fn default_model() -> String {\n    "«m»".to_string()\n}', ("default_model",), ""),
    ("rust", 'let m = env::var("MODEL").unwrap_or("«m»".into());', ("env::var", "MODEL"), "m"),
    ("rust", 'match x {\n    "«m»" => 1,\n    _ => 2,\n}', ("case",), ""),
    ("rust", 'let m = match x {\n    P::A => "«m»",\n};', ("m", "P::A"), "m"),
    ("rust", 'Args { model: Some(String::from("«m»")) }', ("Args", "model"), ""),
    ("ruby", 'c = OpenAI::Client.new(uri_base: "«https://a»")', ("OpenAI::Client.new", "uri_base"), "c"),
    ("ruby", 'x = { :model => "«m»" }', ("x", "model"), "x"),
    ("ruby", "client.chat(parameters: { model: '«m»' })", ("client.chat", "parameters", "model"), ""),
    ("ruby", 'require "«openai»"', ("require",), ""),
    ("ruby", 'm = ENV.fetch("MODEL", "«m»")', ("ENV.fetch", "MODEL"), "m"),
    ("ruby", 'm = ENV["MODEL"] || "«m»"', ("m", "MODEL"), "m"),
    ("ruby", 'DEFAULTS = {\n  chat_model: "«m»"\n}.freeze', ("DEFAULTS", "chat_model"), "DEFAULTS"),
    ("php", "<?php $c->chat()->create(['model' => '«m»']);", ("$c->chat", "create", "model"), ""),
    ("php", '<?php public string $model = "«m»";', ("model",), "$model"),
    ("php", "<?php $this->model = env('MODEL', '«m»');", ("env", "MODEL"), "$this->model"),
    ("php", "<?php\nuse «OpenAI\\Client»;", ("use",), ""),
    ("swift", 'let model: String = "«m»"', ("model",), "model"),
    ("swift", 'let q = ChatQuery(messages: [], model: "«m»")', ("ChatQuery", "model"), "q"),
    ("dart", "final c = Chat(model: '«m»');", ("Chat", "model"), "c"),
    ("scala", 'val model = "«m»"', ("model",), "model"),
    ("elixir", '@model "«m»"', ("model",), ""),
    ("elixir", 'x = %{model: "«m»"}', ("x", "model"), "x"),
    ("cpp", 'std::string model = "«m»";', ("model",), "model"),
    ("cpp", '#define MODEL "«m»"', ("MODEL",), ""),
    ("cpp", 'const char model[] = "«m»";', ("model",), "model"),
    ("lua", 'local c = { model = "«m»" }', ("c", "model"), "c"),
    ("lua", 'f{ model = "«m»" }', ("f", "model"), ""),
    ("r", 'model <- "«m»"', ("model",), "model"),
    ("r", 'chat(model = "«m»")', ("chat", "model"), ""),
    ("julia", 'create_chat(key, "x"; model="«m»")', ("create_chat", "model"), ""),
    ("groovy", 'def model = "«m»"', ("model",), "model"),
    ("shell", 'run --model "«m»"', ("--model",), ""),
]
TABLE = [
    *(("python", *row) for row in PYTHON),
    *(("typescript", *row) for row in JAVASCRIPT),
    *OTHERS,
]


def marked(language: str, snippet: str) -> tuple[str, Entry]:
    start = snippet.index("«")
    value = snippet[start + 1 : snippet.index("»")]
    source = snippet.replace("«", "").replace("»", "")
    found = list(code.entries(source, language, [start]))
    assert len(found) == 1
    assert source[found[0].start : found[0].end] == value
    return source, found[0]


@pytest.mark.parametrize(("language", "snippet", "keys", "assigned"), TABLE)
def test_keys(language: str, snippet: str, keys: tuple[str, ...], assigned: str) -> None:
    entry = marked(language, snippet)[1]
    assert (entry.keys, entry.assigned) == (keys, assigned)
