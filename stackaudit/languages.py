"""The language of a file, from its name, its extension, or the interpreter its first line names."""

from __future__ import annotations

import re

_EXTENSIONS = """
python: py pyi pyw pyx pxd bzl star ipy
javascript: js mjs cjs jsx es6
typescript: ts tsx mts cts
vue: vue
svelte: svelte
go: go
java: java jsp
kotlin: kt kts
csharp: cs csx cshtml razor
rust: rs
ruby: rb erb rake gemspec podspec ru
php: php phtml php5
swift: swift
scala: scala sc sbt
dart: dart
elixir: ex exs heex leex
cpp: c h cc cpp cxx hh hpp hxx ipp inl m mm cu cuh ino proto
lua: lua luau
nix: nix
r: r
julia: jl
groovy: groovy gradle gvy jenkinsfile
sql: sql ddl dml psql
shell: sh bash zsh fish ksh command envrc
powershell: ps1 psm1 psd1
dockerfile: dockerfile containerfile
makefile: mk mak make just
modelfile: modelfile
yaml: yaml yml
json: json jsonc json5 jsonl ndjson map webmanifest geojson har code-workspace avsc
notebook: ipynb
toml: toml
env: env
ini: ini cfg conf cnf editorconfig npmrc service desktop pylintrc flake8 coveragerc
properties: properties
xml: xml xsd xsl xslt svg csproj fsproj vbproj props targets config resx xaml pom plist nuspec wsdl
    xlf
hcl: tf tfvars hcl nomad
markdown: md mdx markdown mdown mdc qmd rmd
rst: rst rest
html: html htm xhtml shtml astro hbs ejs njk twig liquid mustache
csv: csv tsv
batch: bat cmd
bicep: bicep bicepparam
text: txt text log tex adoc asciidoc lock css scss less sass diff patch snap
"""
_NAMES = """
python: SConstruct SConscript Snakefile Tiltfile BUILD WORKSPACE wscript
javascript: Jakefile
json: .babelrc .eslintrc .prettierrc .jshintrc .swcrc Pipfile.lock composer.lock flake.lock bun.lock
    deno.lock packages.lock.json Package.resolved
toml: Pipfile Cargo.lock poetry.lock uv.lock pdm.lock
yaml: .clang-format .clang-tidy .gemrc .condarc pubspec.lock Podfile.lock pixi.lock CITATION.cff
ruby: Gemfile Rakefile Podfile Vagrantfile Guardfile Capfile Fastfile Brewfile Dangerfile
groovy: Jenkinsfile
shell: .bashrc .bash_profile .bash_aliases .profile .zshrc .zprofile .zshenv .xinitrc .envrc
    PKGBUILD gradlew
makefile: Makefile makefile GNUmakefile Justfile justfile .justfile
dockerfile: Dockerfile dockerfile Containerfile
modelfile: Modelfile modelfile
ini: .gitconfig .gitmodules .pypirc pip.conf .yarnrc .pylintrc .flake8 .coveragerc
properties: gradle.lockfile
elixir: mix.lock
r: .Rprofile DESCRIPTION
hcl: .terraform.lock.hcl .terraformrc
text: go.mod go.sum go.work yarn.lock Gemfile.lock CODEOWNERS LICENSE COPYING NOTICE README
"""
_INTERPRETERS = """
python: python pypy ipython uv
javascript: node nodejs bun qjs
typescript: deno ts-node tsx
shell: sh bash zsh dash ksh fish ash busybox
ruby: ruby jruby
php: php
r: Rscript
julia: julia
lua: lua luajit
powershell: pwsh powershell
elixir: elixir
groovy: groovy
swift: swift
scala: scala
kotlin: kotlin
dart: dart
makefile: make
"""
_HELM = re.compile(rb"(?:\xef\xbb\xbf)?\s*+\{\{-?\s*+(?:/\*|define\b)")
_JSON = re.compile(rb"(?:\xef\xbb\xbf)?\s*+(?:\[\s*+)?+\{\s*+\"")
_SHEBANG = re.compile(rb"#![ \t]*+(?:[^\s/]*+/)*+([^\s/]++)(?:[ \t]++([^\r\n]{0,200}))?")


def _table(text: str) -> dict[str, str]:
    """Turn ``language: word word`` lines into word -> language; indented lines continue."""
    table: dict[str, str] = {}
    for line in text.strip().replace("\n    ", " ").splitlines():
        language, _, words = line.partition(":")
        table.update(dict.fromkeys(words.split(), language))
    return table


_BY_EXTENSION = _table(_EXTENSIONS)
_BY_NAME = _table(_NAMES)
_BY_INTERPRETER = _table(_INTERPRETERS)


def language_of(path: str, head: bytes = b"") -> str:
    """Return the language of a file; ``text`` when nothing tells.

    Args:
        path: POSIX path or bare name.
        head: The first bytes of the file, for scripts without an extension.
    """
    name = path.rpartition("/")[2]
    if found := _BY_NAME.get(name):
        return found
    stem, _, extension = name.rpartition(".")
    if found := _BY_EXTENSION.get(extension.lower()) if stem else None:
        return found
    if extension == "tpl" and _HELM.match(head):
        return "yaml"
    lowered = name.lower()
    if lowered.startswith((".env", "env.")):
        return "env"
    for prefix in ("dockerfile", "containerfile", "makefile", "modelfile", "jenkinsfile"):
        if lowered.startswith((prefix + ".", prefix + "-", prefix + "_")):
            return _BY_EXTENSION.get(prefix, prefix)
    # config.yaml.example, settings.json.j2: the part before an unknown ending tells.
    for part in reversed(lowered.split(".")[1:-1]):
        if found := _BY_EXTENSION.get(part):
            return found
    if lowered.startswith(".") and (found := _BY_EXTENSION.get(lowered[1:])):
        return found
    if not stem and _JSON.match(head):
        return "json"
    return _interpreter(head) if head.startswith(b"#!") else "text"


def _interpreter(head: bytes) -> str:
    match = _SHEBANG.match(head)
    if not match:
        return "text"
    words = [match.group(1).decode("latin-1")]
    if words[0] == "env":  # flags and assignments may stand before the program
        rest = (match.group(2) or b"").decode("latin-1").split()
        words = [w for w in rest if not w.startswith("-") and "=" not in w] or words
    program = words[0].rpartition("/")[2]
    bare = program.rstrip("0123456789.")
    return _BY_INTERPRETER.get(program) or _BY_INTERPRETER.get(bare, "text")
