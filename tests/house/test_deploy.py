"""What stands in the files of deployment is true of the code: settings, commands, ports, figures."""

import importlib.util
import json
import re
from configparser import RawConfigParser
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import REGISTRY

import bot.monitoring.metrics
from admin.scans import LARGEST
from bot.updates.webhook import PATH
from db.__main__ import main

ROOT = Path(__file__).resolve().parents[2]
UNITS = sorted((ROOT / "deploy").glob("*.service"))
SETTINGS = set(re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE))
OURS = ("migrate", "bot-1", "bot-2", "panel-1", "panel-2")
OF_THE_PROGRAMS_AROUND = {"MPLCONFIGDIR", "PYTHONUNBUFFERED"}
COMMAND = re.compile(r"python -m (\w+)(?: ([\w-]+))?")


def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    return loaded


def unit(path: Path) -> RawConfigParser:
    parser = RawConfigParser(strict=False, delimiters=["="])
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(path.read_text(encoding="utf-8"))
    return parser


def environment(path: Path) -> dict[str, str]:
    lines = re.findall(r"^Environment=(.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return dict(part.split("=", 1) for line in lines for part in line.split())


def upstreams(name: str) -> list[str]:
    text = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    block = re.search(rf"upstream {name} {{(.*?)}}", text, re.DOTALL)
    assert block is not None
    return re.findall(r"server ([\d.:]+)", block[1])


def must_exist(command: str) -> None:
    """Every `python -m …` of the text is a module of ours, and what follows `db` is one of its verbs."""
    found = COMMAND.findall(command)
    assert found, command
    for module, verb in found:
        assert importlib.util.find_spec(f"{module}.__main__"), command
        if module == "db":
            with pytest.raises(SystemExit) as stop:
                main([verb, "--help"])
            assert stop.value.code == 0, command


# --- compose.yaml and Dockerfile ---


def test_every_setting_and_command_of_compose_exists(capsys: pytest.CaptureFixture[str]) -> None:
    services = compose()["services"]
    for name in OURS:
        assert set(services[name]["environment"]) <= SETTINGS, name
        command = services[name]["command"]
        must_exist(" ".join(command))
    text = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    assert set(re.findall(r"(?<!\$)\$\{(\w+)", text)) == {"POSTGRES_PASSWORD"}
    assert set(re.findall(r"\$\$\{(\w+)", text)) <= SETTINGS


def test_compose_has_what_it_promises() -> None:
    services = compose()["services"]
    assert set(services) == {*OURS, "nginx", "postgres", "redis"}
    for name in OURS[1:]:
        assert services[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
        # The panel believes X-Forwarded-For of a proxy on its own machine only: see admin/security.py.
        assert services[name]["network_mode"] == "service:nginx"
    assert "restart" in services["migrate"] and services["migrate"]["restart"] == "no", "it runs once"
    for name, service in services.items():
        assert "/" not in service["image"], f"{name}: a plain official name, no host of a registry"
        assert name == "nginx" or "ports" not in service, f"{name} would be open to the world"
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert source in compose()["volumes"] or source == "./deploy/tls" or (ROOT / source).is_file(), volume


def test_the_processes_of_compose_listen_where_nginx_looks() -> None:
    services = compose()["services"]
    bots = [services[name]["environment"]["WEBHOOK_LISTEN"] for name in ("bot-1", "bot-2")]
    panels = [services[name]["environment"]["ADMIN_LISTEN"] for name in ("panel-1", "panel-2")]
    assert bots == upstreams("opora_bots")[:2] and panels == upstreams("opora_panels")[:2]
    shared = [value for name in OURS[1:] for key, value in services[name]["environment"].items() if "LISTEN" in key]
    ports = [address.rpartition(":")[2] for address in shared]
    assert len(ports) == len(set(ports)), "they share one network"


def test_the_image_gets_every_package_and_no_secret() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    copied = set(re.findall(r"^COPY (\S+) ", text, re.MULTILINE))
    assert copied == {*packages, "requirements.txt"}
    let_in = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert "*" in let_in and {line[1:] for line in let_in if line.startswith("!")} == copied
    assert "USER opora" in text, "not root"


# --- nginx.conf ---


def test_nginx_passes_on_what_the_panel_and_the_bot_read() -> None:
    text = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    assert f"location = {PATH} {{" in text
    for line in ("Host $host", "X-Forwarded-For $remote_addr", "X-Forwarded-Proto $scheme"):
        assert f"proxy_set_header {line};" in text
    assert text.count("proxy_set_header") == text.split("location = ")[0].count("proxy_set_header"), (
        "nginx drops all of them where a location sets one of its own"
    )


def test_nginx_lets_files_through_and_writes_no_key_down() -> None:
    text = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    sizes = [int(size) for size in re.findall(r"client_max_body_size (\d+)m;", text)]
    assert sizes and min(sizes) * 1024 * 1024 > LARGEST, "a file that the panel takes"
    keys = text.split("location ~ ^/(upload|link)/ {")[1].split("}")[0]
    assert "error_log" in keys and " crit;" in keys, "else a slow answer leaves a link for files in the log"


# --- systemd ---


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_every_setting_and_command_of_a_unit_exists(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    service = unit(path)["Service"]
    must_exist(service["ExecStart"])
    must_exist(service["ExecStartPre"])
    assert set(environment(path)) <= SETTINGS | OF_THE_PROGRAMS_AROUND
    folder = service["WorkingDirectory"]
    assert service["ExecStart"].startswith(f"{folder}/.venv/bin/python ")
    assert service["ReadWritePaths"] == f"{folder}/data"


@pytest.mark.parametrize("name", ["opora-bot", "opora-panel"])
def test_a_template_is_the_unit_with_ports_of_its_own(name: str) -> None:
    alone, several = (ROOT / "deploy" / f"{name}{at}.service" for at in ("", "@"))
    ports = environment(several).items() - environment(alone).items()
    assert {key for key, _ in ports} == {key for key in environment(several) if key.endswith("_LISTEN")}
    one, other = unit(alone)["Service"], unit(several)["Service"]
    assert {key: one[key] for key in one if key != "Environment"} == {
        key: other[key] for key in other if key != "Environment"
    }


def test_units_listen_where_nginx_looks() -> None:
    bots = environment(ROOT / "deploy" / "opora-bot@.service")["WEBHOOK_LISTEN"]
    panels = environment(ROOT / "deploy" / "opora-panel@.service")["ADMIN_LISTEN"]
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    usual = dict(re.findall(r"^#(\w+_LISTEN)=(\S+)$", example, re.MULTILINE))
    assert upstreams("opora_bots") == [bots.replace("%i", "1"), bots.replace("%i", "2"), usual["WEBHOOK_LISTEN"]]
    assert upstreams("opora_panels") == [panels.replace("%i", "1"), panels.replace("%i", "2"), usual["ADMIN_LISTEN"]]


# --- alerts ---


def test_every_figure_of_an_alert_is_one_the_bot_shows() -> None:
    assert bot.monitoring.metrics  # it registers them
    known = {sample.name for family in REGISTRY.collect() for sample in family.samples}
    known |= {f"{family.name}{end}" for family in REGISTRY.collect() for end in ("_total", "_bucket", "")}
    rules = yaml.safe_load((ROOT / "deploy" / "alerts.yaml").read_text(encoding="utf-8"))["groups"][0]["rules"]
    assert len({rule["alert"] for rule in rules}) == len(rules) > 10
    for rule in rules:
        used = set(re.findall(r"\b(?:opora|process)_\w+", rule["expr"])) | set(re.findall(r"\bup\b", rule["expr"]))
        assert used and used <= known | {"up", "process_cpu_seconds_total", "process_resident_memory_bytes"}, rule
        assert rule["annotations"]["summary"] and rule["annotations"]["action"]


# --- dashboard ---

FIGURE = re.compile(r"\b(?:opora|process)_\w+|\bup\b")


def test_the_dashboard_shows_every_figure_of_the_docs_and_no_other() -> None:
    table = (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8").split("## Figures")[1]
    documented = set(re.findall(r"^\| `(\w+)", table, re.MULTILINE))
    dashboard = json.loads((ROOT / "deploy" / "grafana.json").read_text(encoding="utf-8"))
    panels = [panel for panel in dashboard["panels"] if panel["type"] != "row"]
    expressions = [target["expr"] for panel in panels for target in panel["targets"]]
    shown = {name.removesuffix("_bucket") for line in expressions for name in FIGURE.findall(line)}
    assert shown == documented
    for figure in documented:
        database = re.search(rf"^\| `{figure}\b.*\(database\)", table, re.MULTILINE)
        for line in expressions:
            assert not (database and figure in line) or line.startswith("max("), f"the same from every process: {line}"
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"])
    variables = {"$datasource", "$job", *(f"${one['name']}" for one in dashboard["templating"]["list"])}
    for panel in panels:
        assert panel["title"] and panel["fieldConfig"]["defaults"]["unit"], panel
        assert panel["datasource"]["uid"] == "${datasource}", "nobody's own source"
    for line in expressions:
        assert set(re.findall(r"\$\w+", line)) <= {*variables, "$__rate_interval"}, line
