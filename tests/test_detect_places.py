"""Where a name stands decides whether it counts and as what; broken files are still read."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import mentions, models, read

SDK = "import openai\n"

COUNTS = [
    # path, text, expected "text usage"
    ("a.py", 'x = "gpt-4o"\n', ["gpt-4o used"]),
    ("a.py", "# gpt-4o\nx = 1\n", ["gpt-4o comment"]),
    ("a.py", '"""Uses gpt-4o."""\n', ["gpt-4o comment"]),
    ("a.py", 'def f():\n    """Uses gpt-4o."""\n', ["gpt-4o comment"]),
    ("a.py", 'x = "we compared gpt-4o with others"\n', ["gpt-4o comment"]),
    ("tests/test_a.py", 'x = "gpt-4o"\n', ["gpt-4o test"]),
    ("examples/a.py", 'x = "gpt-4o"\n', ["gpt-4o example"]),
    ("docs/a.py", 'x = "gpt-4o"\n', ["gpt-4o doc"]),
    ("a.md", "Uses gpt-4o.\n", ["gpt-4o doc"]),
    ("a.js", "// gpt-4o\n/* gpt-4.1 */ const x = 'gpt-5'\n", ["gpt-4o comment", "gpt-4.1 comment", "gpt-5 used"]),
    ("a.yaml", "# gpt-4o\nmodel: gpt-5\n", ["gpt-4o comment", "gpt-5 used"]),
    # An ordinary word counts in a model's place or beside an SDK, not elsewhere.
    ("a.py", 'x = "command"\n', []),
    ("a.py", SDK + 'run(model="o3")\n', ["o3 used"]),
    ("a.py", SDK + 'x = ["command", "nova", "titan"]\n', []),
    ("a.yaml", "name: nova\n", []),
    ("a.yaml", "model:\n  images:\n    amd: vllm/vllm-openai-rocm:qwen38\n    id: Qwen/Qwen3-8B\n", ["Qwen/Qwen3-8B used"]),
    ("a.json", '{"model": "o3-mini"}', ["o3-mini used"]),
    ("a.json", '{"title": "o3"}', []),
    # A model nobody knows, in a model's place of a file that uses an SDK.
    ("a.py", SDK + 'run(model="acme/secret-7b")\n', ["acme/secret-7b used"]),
    ("a.py", 'run(model="acme/secret-7b")\n', []),
    ("a.py", SDK + 'run(name="acme/secret-7b")\n', []),
    # Placeholders and other things that stand for a model.
    ("a.py", SDK + 'run(model="your-model")\nrun(model="test")\nrun(model="<model>")\n', []),
    ("a.py", SDK + 'run(model="gpt-")\nx = "gpt-4-" + y\nz = "deepseek-r1:"\n', []),
    ("a.yaml", "model: ${MODEL}\nllm: {{ .Values.model }}\n", []),
    # File names, variables, classes, hashes.
    ("a.py", SDK + 'x = open("qwen2.py")\ny = "deepseek_v3.json"\n', []),
    ("a.py", SDK + "class Qwen3MLP:\n    llama_count = 3\n    gpt4_score = llama_count\n", []),
    ("a.py", SDK + 'x = os.environ["QWEN_MODEL_NAME"]\n', []),
    ("a.json", '{"integrity": "sha512-qwen3Yi34bgpt4oLLaMa3=="}', []),
    ("a.py", 'x = "e3b0qwen2c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"\n', []),
    ("a.md", "https://example.org/blog/gpt-4o-is-here\n", []),
    ("a.py", SDK + "x = glm-binomial\n", []),
    ("a.yaml", "tool: ember-cli\naxis: yi-lin\nfile: wan2.mp4\nop: gte-filter\n", []),
    # A pattern is no id.
    ("a.py", SDK + 'x = re.compile("^gpt-4(o|.1)")\n', []),
    ("a.py", SDK + 'if model.startswith("claude-"):\n    pass\n', []),
    ("a.yaml", "model: openai/your-model\nllm: azure/my-deployment\n", []),
    # Several in one value, where models belong.
    ("a.env", "OPENAI_MODELS=gpt-4o, glm-4.6\n", ["gpt-4o used", "glm-4.6 used"]),
    ("a.env", "CUSTOM_MODELS=-all,+gpt-5,+glm-4.6=GLM\n", ["gpt-5 used", "glm-4.6 used"]),
    ("a.sh", 'MODELS="qwen3:8b llama3.1:8b"\n', ["qwen3:8b used", "llama3.1:8b used"]),
    ("a.yaml", "title: gpt-4o, the best of all\n", ["gpt-4o comment"]),
    # The name in a path of Windows.
    ("a.bat", "llama-server -m C:\\models\\qwen3-8b.gguf\n", ["qwen3-8b.gguf used"]),
    ("a.py", 'x = "C:\\\\models\\\\qwen3-8b.gguf"\n', ["qwen3-8b.gguf used"]),
    ("a.json", '{"model": "..\\\\llms\\\\gemma-3-27b-it"}', ["gemma-3-27b-it used"]),
    # What describes a model in a list of models is no model.
    ("a.yaml", "models:\n- name: gpt-4o\n  tokenizer_mode: mistral\n  provider: mistral\n", ["gpt-4o used"]),
    # Short names of models count in the settings and behind the commands of AI tools.
    (".claude/agents/a.md", "---\nname: a\nmodel: opus\n---\n", ["opus used"]),
    (".claude/agents/a.md", "---\nname: opus\nmodel: inherit\n---\n", []),
    ("a.md", "---\nmodel: opus\n---\n", []),
    ("a.sh", "claude --model sonnet -p x\n", ["sonnet used"]),
    ("a.sh", "play --codec opus --style haiku\n", []),
    # Folders of results, routes, tasks, classes, repositories and hosts named after models.
    ("a.py", SDK + 'x = "results/2024-06-12-01-claude-3-opus"\ny = "runs/20240612_gpt-4o"\n', []),
    ("a.py", SDK + 'run(model="runs/2024-06-12-claude-3-opus")\n', ["runs/2024-06-12-claude-3-opus used"]),
    ("a.py", SDK + 'route("/sd-new")\nroute("/claude-opus")\n', []),
    ("a.py", "import transformers\np = transformers.pipeline('text2text-generation')\n", []),
    ("a.go", 'package a\nvar m = map[string]string{"Ernie4_5_MoeForCausalLM": "a", "gpt-4o": "b"}\n', ["gpt-4o offered"]),
    ("go.mod", "module github.com/acme/examples/openai-gpt4o-example\n", []),
    ("a.yaml", "host: vllm-llama2-7b-epp\nmodel: llama2:7b\n", ["llama2:7b used"]),
    ("a.py", SDK + 'x = "o3_pro_expensive"\ny = "chat/blocking_gpt_4_1_mini_parallel_tool"\n', []),
    ("a.py", SDK + 'run(model="my_gemma2_pt")\n', ["my_gemma2_pt used"]),
    ("a.xsd", '<element name="gpt-4o"/><complexType name="CT_Blip"/>', ["gpt-4o used"]),
    ("a.py", SDK + 'steps = ["step1", "step2", "step_3"]\n', []),
    # Compared with in a shell, allowed in Bicep: a choice.
    ("a.sh", 'if [[ $M = llama2 ]] || [ "$M" = "gpt-4o" ]; then :; fi\n', ["llama2 offered", "gpt-4o offered"]),
    ("a.bicep", "@allowed([ 'gpt-4o' ])\nparam m string = 'gpt-5'\n", ["gpt-4o offered", "gpt-5 used"]),
    # Constants: in prose with a number, as the argument of a model, or qualified by a vendor.
    ("a.md", "`CLAUDE_3_5_SONNET`, `ModelName.GPT_4_O_MINI`; not `MISTRAL_SMALL` or `GPT_4O_API_KEY`.\n",
     ["CLAUDE_3_5_SONNET doc", "GPT_4_O_MINI doc"]),
    ("a.md", "```rust\nlet m = c.completion_model(openai::GPT_4O);\n```\n", ["GPT_4O doc"]),
    ("a.rs", "fn f() { c.completion_model(openai::GPT_4O); }\n", ["GPT_4O used"]),
    ("a.java", "import dev.langchain4j.model.openai.OpenAiChatModel;\nX f = b.modelName(MISTRAL_SMALL_LATEST);\n",
     ["MISTRAL_SMALL_LATEST used"]),
    ("a.py", SDK + 'TINY_LLAMA3 = env()\nrun(model=TINY_LLAMA3)\n', []),
    # ... read through a method, written in camel case, with the type understood, of a maker's class.
    ("a.java", "String m = ChatCompletion.Model.GPT_3_5_TURBO_16K_0613.getName();\n", ["GPT_3_5_TURBO_16K_0613 used"]),
    ("a.java", "if (n.equals(Model.GPT_4_0314.getName())) {}\n", ["GPT_4_0314 offered"]),
    ("a.go", "q := openai.GPT4oMini\np := x{Model: openai.F(openai.ChatModelGPT4o)}\n", ["GPT4oMini used", "ChatModelGPT4o used"]),
    ("a.go", "p := x{Model: anthropic.ModelClaude3_7SonnetLatest, Old: openai.GPT3Dot5Turbo}\n",
     ["ModelClaude3_7SonnetLatest used", "GPT3Dot5Turbo used"]),
    ("a.swift", "let q = ChatQuery(messages: m, model: .gpt4_o, n: .dall_e_3)\n", ["gpt4_o used", "dall_e_3 used"]),
    ("a.dart", "final m = OpenAIModel.gpt4oMini; x(GptModel.gpt4o);\n", ["gpt4oMini used", "gpt4o used"]),
    ("a.kt", "val m = AnthropicModels.Opus_4_1\nval n = OpenAIModels.Reasoning.O1\n", ["Opus_4_1 used", "O1 used"]),
    ("a.php", "<?php\n$x->withModel(AnthropicModel::Claude35Sonnet);\n", ["Claude35Sonnet used"]),
    ("a.cs", SDK + "var t = new GPT4oTokenizer(); var x = R.string.gpt_4o; var y = plan.gpt4Count; var z = Layer.Command2;\n", []),
    ("a.js", "const t = chart\n  .gpt4(3)\n  .line2();\n", []),
    ("a.md", "Set `OpenAIModels.Chat.GPT4o` or GoogleModels.Gemini2_0Flash, model: .gpt4_o, not llama3.1:8b.gguf.\n",
     ["GPT4o doc", "Gemini2_0Flash doc", "gpt4_o doc", "llama3.1:8b.gguf doc"]),
    ("a.json", '{"a": "Das Modell <1>ChatGLM-6B</1> ist da"}', ["ChatGLM-6B comment"]),
    # Text between tags of JavaScript is prose; types and comparisons are not.
    ("a.jsx", "export const A = () => <p>Uses <code>gpt-4o-mini</code> or GPT-4o, we don't {x} <b>Llama 3.1 405B</b></p>;\n",
     ["gpt-4o-mini doc", "GPT-4o doc", "Llama 3.1 405B doc"]),
    ("a.ts", "const a = b as Map<string, x>; const gpt4o = c; if (a > gpt4o && d < e) {}\n", []),
    # What a sentence joins to a name; names between slashes; and later ones; quotes of other languages.
    ("a.md", "The GPT-4-based agent, Llama-3-like; Claude-3-Modellfamilie; o3-mini/GPT-5 and Claude 3+.\n",
     ["GPT-4 doc", "Llama-3 doc", "Claude-3 doc", "o3-mini doc", "GPT-5 doc", "Claude 3 doc"]),
    ("a.js", 'const t = "„OpenAI DALL-E 2“";\n', ["DALL-E 2 comment"]),
    ("a.md", "We use opt-in 1M contexts, GPT-4o and `meta-llama/Llama-3.1-8B-Instruct`.\n",
     ["GPT-4o doc", "meta-llama/Llama-3.1-8B-Instruct doc"]),
    # Weak names with a version count in prose where others are named, and ordinary words do not.
    ("a.md", "GPT-4o, GPT-3 and Phi-4, `glm-5`.\nSee step 2, table 3, ada-2012 and phi.f90.\n",
     ["GPT-4o doc", "GPT-3 doc", "Phi-4 doc", "glm-5 doc"]),
    ("a.md", "GPT-3 and Phi-4, `glm-5`.\n", []),
    ("a.md", "GPT-4o or Titan Text Embeddings V2, Nova Pro, llama 3.2.\n",
     ["GPT-4o doc", "Titan Text Embeddings V2 doc", "Nova Pro doc", "llama 3.2 doc"]),
    # A description names models, and is not one.
    ("a.ts", 'const d = { description: "The newest DeepSeek V4 Flash snapshot", title: "GPT-4o" };\n', ["DeepSeek V4 Flash comment"]),
    # A namespace before a name, what runs it behind a bar, and the size of its context.
    ("a.rs", 'let m = "omlx::Qwen3.6-35B-A3B-8bit";\n', ["omlx::Qwen3.6-35B-A3B-8bit used"]),
    ("a.ts", 'const k = "gpt-4o|openai", m = "claude-opus-4-8[1m]", r = "(gpt-4o|x)";\n', ["gpt-4o used", "claude-opus-4-8 used"]),
    # Names of texts and pictures about models.
    ("a.xml", '<r><model>gpt-4o</model><string name="gpt_4_description">x</string></r>', ["gpt-4o used"]),
    ("src/adapter_shared_tests.rs", 'let x = "gpt-4o";\n', ["gpt-4o test"]),
    # The name of a licence is not part of the model's; a tag is not part of a name.
    ("a.md", "LLAMA 2 COMMUNITY LICENSE AGREEMENT\n", ["LLAMA 2 doc"]),
    ("a.cs", "/// Either <c>dall-e-2</c> or <c>dall-e-3</c>.\n", ["dall-e-2 comment", "dall-e-3 comment"]),
    # An organisation, a size and a known family among unknown words.
    ("a.py", 'x = ["fixie-ai/ultravox-llama3.3-70b"]\n', ["fixie-ai/ultravox-llama3.3-70b used"]),
    # Options of other programs, resources of a cluster, ports: no names of models.
    ("a.py", SDK + 'env = {"NEURON_CC_FLAGS": "-O1"}\nrun(model="-o3")\n', []),
    ("a.md", "```sh\nkubectl port-forward service/llama2 8265:8265\n```\n", []),
    ("a.md", "## Llama-3 AI Chat\n", ["Llama-3 doc"]),
    ("a.md", "Qwen3.5 400s later\n", ["Qwen3.5 doc"]),
    ("a.sh", "vllm serve Qwen/Qwen3-8B\nlitellm --model openai/$MODEL\n", ["Qwen/Qwen3-8B used"]),
    ("a.yaml", "base_url: https://api.openai.com\nmodel_version: 2026-05-18T00:00:00Z\n", []),
    ("a.py", SDK + 'FAST_MODELS = [{"id": "MiniMax-M3", "owned_by": "minimax"}]\n', ["MiniMax-M3 used"]),
    # How much of a deployment is allowed is none of its name; a tag of weights is.
    ("a.sh", "check --models gpt-4.1:150,text-embedding-3-small:100\n",
     ["gpt-4.1 used", "text-embedding-3-small used"]),
    ("a.sh", "ollama pull deepseek-r1:70b\n", ["deepseek-r1:70b used"]),
    # Resources of a cluster, variables of code in a text, files behind their names.
    ("a.yaml", "x: gpt-4o\nname: vllm-qwen3-8b-httproute\nmodel: my-gpt-4o-deployment\n",
     ["gpt-4o used", "my-gpt-4o-deployment used"]),
    ("a.yaml", 'x: gpt-4o\nprompt: "phi1 = f(a)\\n  phi2 = g(b)"\n', ["gpt-4o used"]),
    ("a.yaml", "options:\n- llm_path:gemma-3-12b-it-Q4_K_M.gguf\n", ["gemma-3-12b-it-Q4_K_M.gguf offered"]),
    # All that is pulled is used, ordinary words and long lists too.
    ("values.yaml", "models:\n  pull:\n  - mistral\n  - llama3.2:1b\n  - qwen3:8b\n  - phi4\n",
     ["mistral used", "llama3.2:1b used", "qwen3:8b used", "phi4 used"]),
    ("a.yaml", "ollama_models:\n- mistral\n- llama3.2:1b\n", ["mistral used", "llama3.2:1b used"]),
    ("a.yaml", 'DEFAULT_MODELS: "gpt-4o;glm-4.6"\n', ["gpt-4o used", "glm-4.6 used"]),
    ("appsettings.json", '{"ChatDeploymentName": "gpt-4o", "EmbeddingDeployment": "text-embedding-3-small"}',
     ["gpt-4o used", "text-embedding-3-small used"]),
    ("a.env", "TABBY_MODEL_SPECIFIER=turboderp_Qwen3-8B-exl3\n", ["turboderp_Qwen3-8B-exl3 used"]),
    # Images that are models.
    ("compose.yaml", "services:\n  a:\n    image: nvcr.io/nim/meta/llama-3.1-8b-instruct:1.3\n",
     ["meta/llama-3.1-8b-instruct used"]),
    # Other builders' files.
    ("justfile", 'model := "gemma2:9b"\nrun:\n    ollama run mistral-nemo\n', ["gemma2:9b used", "mistral-nemo used"]),
    ("flake.nix", '{ loadModels = [ "llama3.2:3b" ]; # gpt-4o\n x = \'\'use gpt-4.1 here\'\'; }\n',
     ["llama3.2:3b used", "gpt-4o comment", "gpt-4.1 comment"]),
    # A display name that is a whole value stands where its value does; words around it are text.
    ("a.py", 'x = ["GPT-4o", "GPT4 Turbo"]\n', ["GPT-4o used", "GPT4 Turbo used"]),
    ("a.json", '{"name": "Claude 3 Opus"}', ["Claude 3 Opus used"]),
    ("a.py", 'x = "GPT-4o mini or Grok 2 mini, and Llama 2 Inference"\n',
     ["GPT-4o mini comment", "Grok 2 mini comment", "Llama 2 comment"]),
    ("a.py", 'x = "Go to \\"https://huggingface.co/pyannote/speaker-diarization-3.1\\" first"\n',
     ["pyannote/speaker-diarization-3.1 comment"]),
    # An organisation that nobody knows is part of the id, in prose as well.
    ("a.sh", '# python a.py --base_model "minlik/chinese-alpaca-plus-7b-merged"\n',
     ["minlik/chinese-alpaca-plus-7b-merged comment"]),
    ("a.md", "```bash\nserve --model acme/llama-3-8b-law\n```\n", ["acme/llama-3-8b-law doc"]),
    ("a.md", "Either GPT-4o/Llama-3-8B.\n", ["GPT-4o doc", "Llama-3-8B doc"]),
    # A kind of model is no model; a number of a standard is none either.
    ("a.py", SDK + 'run(model_type="cross-encoder")\nx = "the cross-encoder stage"\n', []),
    ("a.md", "`cross-encoder/ms-marco-MiniLM-L-6-v2`, a cross-encoder\n", ["cross-encoder/ms-marco-MiniLM-L-6-v2 doc"]),
    ("a.py", SDK + 'run(model="CVE-2026-5632")\nrun(model="ISO-42001")\n', []),
    # Keys of translations.
    ("a.json", '{"groq_llama3_8b_description": "fast", "m": "gpt-4o"}', ["gpt-4o used"]),
    # Adapters, and an unknown model beside a known one.
    ("a.py", SDK + 'lora_weights: str = "acme/secret-lora-7b"\n', ["acme/secret-lora-7b used"]),
    ("a.sh", "python a.py --base_model huggyllama/llama-7b --lora_weights acme/secret-lora-7b\n",
     ["huggyllama/llama-7b used", "acme/secret-lora-7b used"]),
    # Weights by the name of their file, wherever it lies; a flag is none.
    ("a.py", 'x = load(checkpoint="sam_vit_h_4b8939.pth")\n', ["sam_vit_h_4b8939.pth used"]),
    ("a.py", 'p.add_argument("--use_sam_hq")\nx = load("./groundingdino_swint_ogc.pth")\n',
     ["./groundingdino_swint_ogc.pth used"]),
    ("a.sh", "wget -q https://dl.fbaipublicfiles.com/segment_anything/sam_vit_h_4b8939.pth\n",
     ["sam_vit_h_4b8939.pth used"]),
    ("a.md", "```\nwget https://github.com/a/b/releases/download/v1/groundingdino_swint_ogc.pth\n"
             "run.py --sam_checkpoint sam_vit_b_01ec64.pth\n```\n",
     ["groundingdino_swint_ogc.pth doc", "sam_vit_b_01ec64.pth doc"]),
    ("a.py", 'x = "<tr><td>nllb-200-3.3B</td></tr>"\n', ["nllb-200-3.3B comment"]),
    # The tokens of a model are not the model.
    ("a.py", SDK + 'e = tiktoken.get_encoding("gpt2")\nf = tiktoken.encoding_for_model("gpt-4")\n', ["gpt-4 used"]),
    # Data sets, and classes around a model.
    ("a.py", 'from huggingface_hub import snapshot_download\n'
             'snapshot_download(repo_id="acme/bench-7", repo_type="dataset")\n', []),
    ("a.py", 'from huggingface_hub import snapshot_download\n'
             'def f(repo_id="OpenGVLab/MVBench"):\n    snapshot_download(repo_id, repo_type="dataset")\n', []),
    ("a.py", SDK + '__all__ = ["InternVL2Adapter", "Qwen3Tokenizer"]\nx = "gpt-4o"\n', ["gpt-4o used"]),
    ("a.py", "from .gpt4o import run\n" + SDK + 'x = {"m": partial(vlm.Qwen2VLChat, size=const.GPT_4O)}\n', ["GPT_4O used"]),
    # What nobody sees hides nothing.
    ("a.py", SDK + 'run(model="evil\u202emodel-7b")\nx = "qwen2.5\u200b-7b"\n', ["evilmodel-7b used", "qwen2.5-7b used"]),
    ("a.yaml", "model: deep\u00adseek-chat\nllm: gpt-4o\n", ["deepseek-chat used", "gpt-4o used"]),
    # The page of a model at a hub, known or not; no other page there, and a file by its name.
    ("a.md", "https://huggingface.co/acme/secret https://hf.co/spaces/a/b https://huggingface.co/acme "
             "https://huggingface.co/docs/x/y https://modelscope.cn/models/acme/other/summary\n",
     ["acme/secret doc", "acme/other doc"]),
    ("a.py", "# https://huggingface.co/bigscience/bloom\n", ["bigscience/bloom comment"]),
    ("a.py", 'print("A token: https://hf.co/settings/tokens")\n', []),
    # Several settings in one value; a folder is no organisation.
    ("a.sh", "lm_eval --model_args pretrained=EleutherAI/gpt-j-6B,dtype=float --tasks x\n",
     ["EleutherAI/gpt-j-6B used"]),
    ("a.sh", "run.py --base_model huggyllama/llama-7b --lora_path ./out --model_path runs/b\n",
     ["huggyllama/llama-7b used"]),
    # The tests of a Rust file begin with a module's body, not where one in another file is declared.
    ("a.rs", '#[cfg(test)]\n#[path = "a_test.rs"]\nmod tests;\nlet x = "gpt-4o";\n'
             '#[cfg(all(test, unix))]\nmod more {\n    let y = "gpt-5";\n}\n', ["gpt-4o used", "gpt-5 test"]),
    # Lines of a command in a literal; strings of a query.
    ("a.ts", "const h = '  ollama pull qwen3:8b\\n' + 'ollama run llama3.2:1b\\tnow\\n';\n",
     ["qwen3:8b used", "llama3.2:1b used"]),
    ("a.rb", "run(<<~SQL)\n  UPDATE m SET name = 'gpt-4o' WHERE name = 'gpt-4'\nSQL\n"
             "x = \"select one from 'gpt-4.1' or others\"\n",
     ["gpt-4o used", "gpt-4 used", "gpt-4.1 comment"]),
    # What a model is compared with, and the keys of a map, are offered.
    ("a.rb", "require 'openai'\nx = llm_model.name.start_with?('o1') || a.include?('gpt-4o')\ny = name.start_with?('o3')\n",
     ["o1 offered", "gpt-4o offered"]),
    ("a.ts", "import OpenAI from 'openai';\nif (model === 'o3' || car === 'o1') {}\n", ["o3 offered"]),
    ("a.php", "<?php $a = ['gpt-4o' => 'Fast', 'b' => 'gpt-4.1']; in_array($m, ['gpt-5']);\n",
     ["gpt-4o offered", "gpt-4.1 used", "gpt-5 offered"]),
    ("a.go", 'var m = map[string]int{"gpt-4o": 1}\n', ["gpt-4o offered"]),
    # Texts of a program in one language are for people.
    ("config/locales/client.de.yml", 'de:\n  name: "GPT-4o"\n  claude-3-opus: "Claude 3 Opus"\n',
     ["GPT-4o comment", "claude-3-opus comment", "Claude 3 Opus comment"]),
    # Other keys of a section about a model; the name of a library.
    ("a.yaml", "u: https://api.openai.com/v1\nanswer_model:\n  area: features/answers\n  name: acme/secret\n  other: acme/secret-7b\n",
     ["acme/secret used", "acme/secret-7b used"]),
    ("a.cs", 'const string DllName = "stable-diffusion";\n', []),
    # Names and labels of a cluster's resources; what runs in them, and resources of other makers, are read.
    ("a.yaml", "apiVersion: v1\nkind: Service\nmetadata:\n  name: deepseek-r1\nspec:\n  selector:\n    app: deepseek-r1\n", []),
    ("a.yaml", "kind: Deployment\nmetadata:\n  labels: {app: llama-3-8b}\nspec:\n  containers:\n  - name: mistral-7b\n"
     "    args: [--model, mistralai/Mistral-7B-v0.3]\n---\nkind: Model\nmetadata:\n  name: qwen3-8b\n",
     ["mistralai/Mistral-7B-v0.3 used", "qwen3-8b used"]),
    # What a call makes is one's own.
    ("a.py", 'm.save_pretrained("out/llama-3-8b-sft")\nm.push_to_hub("me/qwen3-8b-sft")\nt.push_to_hub(repo_id="me/gemma-2-9b-x")\n', []),
    ("a.yaml", "hub_model_id: me/qwen3-8b-sft\nbase_model: Qwen/Qwen3-8B\n", ["Qwen/Qwen3-8B used"]),
    # The key of a map may be a provider's; with a version it is a model's.
    ("a.py", SDK + 'models = {"CLAUDE": ["claude-3-opus"], "MISTRAL": ["mistral-large-latest"], "gpt-4": 1}\n',
     ["claude-3-opus used", "mistral-large-latest used", "gpt-4 offered"]),
    # What is imported, and the parameters of a network.
    ("a.py", "from mine.models.flash_gpt2 import Flash\n", []),
    ("a.py", SDK + 'w = load("gpt2.layers.0.weight")\ne = Embeddings("distilbert.embeddings")\n', []),
    # The default of a field; a path of folders named after what has no weights.
    ("a.py", SDK + 'T = {"gpt-4o": 1, "gpt-4.1": 1, "gpt-5": 1, "o3": 1, "o3-mini": 1, "gpt-4": 1, "gpt-4-turbo": 1, "o4-mini": 1}\n'
     'class A:\n    model: str = Field(default="gpt-5.1")\n',
     [f"{n} offered" for n in ("gpt-4o", "gpt-4.1", "gpt-5", "o3", "o3-mini", "gpt-4", "gpt-4-turbo", "o4-mini")] + ["gpt-5.1 used"]),
    ("a.py", SDK + '@registry.register("tasks/humaneval/gpt-4")\ndef f(): pass\nx = "runs/qa/llama-2-7b-chat"\n', ["runs/qa/llama-2-7b-chat used"]),
    ("a.md", "```yaml\nchat_template: llama-3\nmodel: gpt-4o\n```\n", ["gpt-4o doc"]),
    # The default of an option; an unknown model of an organisation, though a word in its name is known.
    ("a.py", SDK + 'p.add_argument("-m", "--model_path", type=str,\n  default="acme/secret-7b")\n', ["acme/secret-7b used"]),
    ("a.py", "from transformers import AutoModel\nAutoModel.from_pretrained('acme/secret-13b-baichuan')\n", ["acme/secret-13b-baichuan used"]),
    # Variables in a sample of code; a string there is a name.
    ("a.md", '```python\nrun(gpt_4)\nrun(model=gpt_4o_name, n=1)\nrun("gpt-4o")\n```\n', ["gpt-4o doc"]),
    # Options of a command that name a parser; modes, loggers, caches and endings of names.
    ("a.yaml", 'start_command: sh -c "vllm serve Qwen/Qwen3-8B --reasoning-parser qwen3"\n', ["Qwen/Qwen3-8B used"]),
    ("a.py", SDK + 'run(conv_mode="llava_v1")\nlog.getLogger("qwen3-8b")\nopen("gpt-4o.pkl")\nx = ["_gpt-4o"]\n', []),
    # A name in that of a cloud's resource, in prose.
    ("a.md", "Allow arn:aws:bedrock:us-east-1::foundation-model/amazon.titan-embed-text-v2:0 only.\n", ["amazon.titan-embed-text-v2:0 doc"]),
    # A repository of a hub, by where settings say it is from; not one of data.
    ("a.yaml", "checkpoint:\n  repo: acme/secret-7b\n  source: HF\ndatasets:\n- {source: hf, name: acme/data-7b}\n", ["acme/secret-7b used"]),
    ("a.yaml", "plugin:\n  repo: acme/secret-7b\n  source: github\n", []),
    ("a.sh", "huggingface-cli download --resume-download acme/secret-7b --local-dir x\n", ["acme/secret-7b used"]),
    ("a.sh", "hf download --repo-type dataset acme/data-7b\n", []),
    ("a.py", 'os.system("aria2c https://huggingface.co/Qwen/Qwen3-8B/resolve/main/a.safetensors")\n', ["Qwen/Qwen3-8B used"]),
    # A list that is in no block is one by its name.
    ("a.ts", 'const models = ["gpt-4o", "gpt-4.1", "gpt-5", "gpt-5-mini"];\nconst model = "gpt-4";\n',
     ["gpt-4o offered", "gpt-4.1 offered", "gpt-5 offered", "gpt-5-mini offered", "gpt-4 used"]),
    # A short name that is a whole cell, where others are named.
    ("a.md", "| model | o1 | o3 |\n| GPT-4o | o1 -x | O3 |\n", ["o1 doc", "o3 doc", "GPT-4o doc"]),
    ("a.md", "| model | o1 | o3 |\n", []),
    # Keys that surely hold no model.
    ("a.yaml", "image: mistral\ntags: [phi]\nauthor: claude\n", []),
]  # fmt: skip


@pytest.mark.parametrize(("path", "text", "expected"), COUNTS)
def test_what_counts(path: str, text: str, expected: list[str]) -> None:
    assert [f"{m.text} {m.usage}" for m in mentions(path, text, "model")] == expected


NAMES = ["gpt-4o", "gpt-4.1", "gpt-5", "claude-opus-4-1", "claude-sonnet-4-5", "gemini-2.5-pro", "qwen3-32b",
         "mistral-large-2411", "deepseek-v3.1", "glm-4.6"]  # fmt: skip


def test_an_index_of_models_is_a_menu_and_settings_are_none() -> None:
    rows = [f"- parameters:\n    model: qwen3-{size}b\n" for size in range(1, 60)]
    found = mentions("index.yaml", "".join(rows), "model")
    assert {m.usage for m in found} == {"offered"}
    assert {m.usage for m in mentions("a.yaml", "".join(rows[:20]), "model")} == {"used"}


def test_a_link_to_the_front_page_of_a_site_is_no_endpoint() -> None:
    assert mentions("a.md", "See [Langfuse](https://us.cloud.langfuse.com).\n", "endpoint") == []
    assert len(mentions("a.md", "Calls https://us.cloud.langfuse.com/api/x.\n", "endpoint")) == 1
    assert len(mentions("a.env", "LANGFUSE_HOST=https://us.cloud.langfuse.com\n", "endpoint")) == 1


def test_pictures_at_a_hub_are_no_endpoint() -> None:
    text = "icon: https://huggingface.co/a/b/resolve/main/c.png\nmodel: gpt-4o\n"
    assert mentions("a.yaml", text, "endpoint") == []
    text = "uri: https://huggingface.co/a/b/resolve/main/c.gguf\nmodel: gpt-4o\n"
    assert len(mentions("a.yaml", text, "endpoint")) == 1


def test_a_long_list_is_a_menu() -> None:
    text = "MODELS = [\n" + "".join(f'    "{name}",\n' for name in NAMES) + "]\n"
    assert [(m.text, m.usage) for m in mentions("a.py", text)] == [
        (name, "offered") for name in NAMES
    ]


def test_plain_text_of_one_model_a_line_is_a_menu() -> None:
    text = "\n".join(["All we have", *NAMES, "and perhaps gpt-4-turbo"])
    assert {m.text: m.usage for m in mentions("a.txt", text, "model")} == {
        **dict.fromkeys(NAMES, "offered"), "gpt-4-turbo": "doc"
    }  # fmt: skip
    assert {m.usage for m in mentions("a.txt", "\n".join(NAMES[:3]), "model")} == {"doc"}


def test_a_short_list_is_use() -> None:
    assert {m.usage for m in mentions("a.py", 'MODELS = ["gpt-4o", "gpt-5"]\n')} == {"used"}


def test_what_is_called_beside_a_menu_is_used() -> None:
    text = "MODELS = " + repr(NAMES) + '\nrun(model="gpt-4o-mini")\n'
    assert [m.text for m in mentions("a.py", text) if m.usage == "used"] == ["gpt-4o-mini"]


def test_what_is_loaded_is_used_however_much_it_is() -> None:
    names = [
        "bert-base-uncased",
        "gpt2-medium",
        "google/flan-t5-base",
        "roberta-large",
        "t5-large",
        "xlnet-base-cased",
    ]
    text = "".join(f'm = AutoModel.from_pretrained("{name}")\n' for name in names)
    found = mentions("a.py", "from transformers import AutoModel\n" + text, "model")
    assert [(m.text, m.usage) for m in found] == [(name, "used") for name in names]


HOSTS = [
    ("a.py", 'x = "https://api.deepseek.com/v1"\n', ["https://api.deepseek.com/v1 used"]),
    ("a.py", 'x = "api.deepseek.com"\n', ["api.deepseek.com used"]),
    ("a.py", "# https://api.deepseek.com\n", ["https://api.deepseek.com comment"]),
    # A link to a hub calls nothing, whatever else the host serves; a call does.
    ("a.md", "See the [models](https://ollama.com/library) there.\n", []),
    ("a.yaml", "base_url: https://ollama.com/v1\n", ["https://ollama.com/v1 used"]),
    # A hole that holds more than a name ends what can be read.
    (
        "a.ts",
        "const u = `https://api.deepseek.com/v1/models/${encodeURIComponent(m)}:x`;\n",
        ["https://api.deepseek.com/v1/models/ used"],
    ),
    (
        "a.ts",
        "const u = `https://${custom.azureOpenAIApiInstanceName || settings.azureOpenAIApiInstanceName}.openai.azure.com/x`;\n",
        [
            "https://${custom.azureOpenAIApiInstanceName || settings.azureOpenAIApiInstanceName}.openai.azure.com/x used"
        ],
    ),
    ("a.py", '# "http://localhost:11434"\n', []),
    ("a.py", 'x = "https://api.openai.com.evil.example"\n', []),
    ("a.py", 'load_dataset("https://huggingface.co/datasets/squad")\n', []),
    ("a.md", "See https://huggingface.co/docs.\n", []),
    ("a.md", "## Openrouter.ai\nAt openrouter.ai/api/v1\n", ["openrouter.ai/api/v1 doc"]),
    (
        "a.json",
        '{"body": "' + "The call to https://api.openai.com/v1 fails, as I said. " * 9 + '"}',
        ["https://api.openai.com/v1 comment"] * 9,
    ),
    ("a.json", '{"run": "curl https://api.openai.com/v1"}', ["https://api.openai.com/v1 used"]),
    (
        "a.sh",
        "curl https://api.deepseek.com/v1/models\n",
        ["https://api.deepseek.com/v1/models used"],
    ),
]


@pytest.mark.parametrize(("path", "text", "expected"), HOSTS)
def test_endpoints(path: str, text: str, expected: list[str]) -> None:
    assert [f"{m.text} {m.usage}" for m in mentions(path, text, "endpoint")] == expected


@pytest.mark.parametrize(
    ("path", "text", "model"),
    [
        ("a.py", 'u = "https://api-inference.huggingface.co/models/BAAI/bge-m3"\n', "BAAI/bge-m3"),
        ("a.py", 'u = "https://contoso.openai.azure.com/openai/deployments/gpt-4o/chat/completions"\n', "gpt-4o"),
        ("a.py", 'u = "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:generateContent"\n', "gemini-2.5-flash"),
    ],
)  # fmt: skip
def test_models_in_the_path_of_a_known_host(path: str, text: str, model: str) -> None:
    assert models(path, text) == [model]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.py", 'k = os.environ["DEEPSEEK_API_KEY"]\n'),
        ("a.go", 'k := os.Getenv("DEEPSEEK_API_KEY")\n'),
        ("a.ts", "const k = process.env.DEEPSEEK_API_KEY;\n"),
        ("a.ts", "const k = import.meta.env.DEEPSEEK_API_KEY;\n"),
        ("a.env", "DEEPSEEK_API_KEY=x\n"),
        ("a.yaml", "env:\n  DEEPSEEK_API_KEY: x\n"),
        ("Dockerfile", "FROM a\nENV DEEPSEEK_API_KEY=x\n"),
        ("a.sh", "export DEEPSEEK_API_KEY=x\n"),
    ],
)
def test_a_credential_variable_is_told_by_name_and_is_no_model(path: str, text: str) -> None:
    assert [(m.kind, m.text) for m in mentions(path, text)] == [("credential", "DEEPSEEK_API_KEY")]


BAD = 'x = "gpt-4o"\n'


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("a.py", b"\xef\xbb\xbf" + BAD.encode()),
        ("a.py", BAD.replace("\n", "\r\n").encode()),
        ("a.py", b"\r\n\r\n" + BAD.encode()),
        ("a.py", "s = '😀é'; ".encode() + BAD.encode()),
        ("a.py", b"\xff\xfe\xe9 = 1\n" + BAD.encode()),
        ("a.py", b"\x00\x00\n" + BAD.encode()),
        ("a.py", b"def broken(:\n" + BAD.encode()),
        ("a.py", b'y = "' + b"a" * 200_000 + b'"; ' + BAD.encode()),
        ("a.py", b"(" * 5000 + b"\n" + BAD.encode()),
        ("a.js", b"const y = `" + b"x" * 200_000 + b"`; const " + BAD.encode()),
        ("a.json", b'{"a": [1, 2, "model": "gpt-4o"'),
        ("a.yaml", b"a: [1, {\nmodel: gpt-4o\n"),
        ("a.toml", b'= broken\nmodel = "gpt-4o"\n'),
        ("a.env", b"???\nMODEL=gpt-4o\n"),
    ],
)
def test_broken_files_are_still_read_and_places_are_true(path: str, data: bytes) -> None:
    found = mentions(path, data, "model")
    assert [m.text for m in found] == ["gpt-4o"]
    line = data.split(b"\n")[found[0].line - 1].decode("utf-8", "replace")
    assert line[found[0].column - 1 : found[0].end_column - 1] == "gpt-4o"


def test_a_syntax_error_is_told() -> None:
    facts = read("a.py", SDK + 'M = "gpt-4o"\nrun(model=M)\ndef broken(:\n')
    assert "syntax error in line 4" in facts.partial
    assert [m.text for m in facts.mentions if m.kind == "model"] == ["gpt-4o"]


def test_one_value_is_told_once() -> None:
    """Readers that look into a value (JSON in a shell argument) do not report it twice."""
    for path, text in (
        ("a.sh", 'curl https://api.deepseek.com -d \'{"model": "deepseek-chat"}\'\n'),
        ("docker-compose.yml", "services:\n  a:\n    command: --model Qwen/Qwen3-8B\n"),
    ):
        found = mentions(path, text, "model")
        assert [(m.usage) for m in found] == ["used"], path


def test_a_file_without_anything_has_no_facts() -> None:
    assert read("a.py", "import os\nprint('hello')\n").mentions == ()


IMPORTS = [
    ("a.py", "import openai\n", ["openai"]),
    ("a.py", "from openai.types import x\n", ["openai.types"]),
    ("a.py", "import openai as o, os\n", ["openai"]),
    ("a.py", "import os, openai as o, litellm\n", ["openai", "litellm"]),
    ("a.py", "# import openai\n", []),
    ("a.py", "import openaix\n", []),
    ("a.ts", 'import OpenAI from "openai";\n', ["openai"]),
    ("a.ts", "const x = await import('openai');\n", ["openai"]),
    ("a.js", "const OpenAI = require('openai')\n", ["openai"]),
    ("a.ts", 'import x from "./openai";\n', []),
    ("a.go", 'package a\n\nimport (\n\to "github.com/sashabaranov/go-openai"\n)\n', ["github.com/sashabaranov/go-openai"]),
    ("a.cs", "using Azure.AI.OpenAI;\n", ["Azure.AI.OpenAI"]),
    ("a.rs", "use async_openai::Client;\n", ["async_openai::Client"]),
    ("a.php", "<?php\nuse OpenAI\\Client;\n", ["OpenAI\\Client"]),
    ("a.php", "<?php\nfinal class Chat extends Provider {\n\tuse OpenAI;\n}\n", []),
    ("a.rb", 'require "openai"\n', ["openai"]),
]  # fmt: skip


@pytest.mark.parametrize(("path", "text", "expected"), IMPORTS)
def test_imports(path: str, text: str, expected: list[str]) -> None:
    assert [m.text for m in mentions(path, text, "sdk")] == expected


PIECES = st.sampled_from(
    ['"gpt-4o"', "model", "=", ":", "(", ")", "{", "}", "[", "]", "\n", " ", '"', "'", "#", "//", "OpenAI",
     "base_url", "https://api.deepseek.com", "import openai\n", "qwen3:8b", ",", "\\", "é", "😀", "\x00", "f\"", "`"]
)  # fmt: skip
PATHS = st.sampled_from(["a.py", "a.ts", "a.go", "a.cs", "a.yaml", "a.json", "a.toml", "a.env", "a.sh", "a.md",
                         "a.ipynb", "a.tf", "Dockerfile", "a.properties", "a.ini", "a.php", "a.rb"])  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(PATHS, st.lists(PIECES, max_size=40).map("".join))
def test_any_text_is_read_and_verbatim_places_hold_the_text(path: str, text: str) -> None:
    lines = text.split("\n")
    for mention in mentions(path, text):
        if mention.line == mention.end_line and not mention.assembled and path != "a.ipynb":
            written = lines[mention.line - 1][mention.column - 1 : mention.end_column - 1]
            assert mention.text in written or "\\" in written


@settings(max_examples=80, deadline=None)
@given(PATHS, st.binary(max_size=200))
def test_any_bytes_are_read(path: str, data: bytes) -> None:
    mentions(path, b"gpt-4o " + data + b'\nmodel = "gpt-4o"\n')
