"""What scripts/setup says, in English and in Chinese."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Language = Literal["en", "zh"]


@dataclass(frozen=True)
class Text:
    """One sentence in both languages; `{name}` is filled in from keyword values."""

    en: str
    zh: str

    def in_language(self, language: Language, **values: object) -> str:
        """Return the sentence with its values filled in."""
        return (self.zh if language == "zh" else self.en).format(**values)


def chosen_language(asked: str | None, environ: Mapping[str, str]) -> Language:
    """Return the language asked for, else that of LAB_LANG, else the locale's."""
    names = ("LAB_LANG", "LC_ALL", "LC_MESSAGES", "LANG")
    for value in (asked, *(environ.get(name) for name in names)):
        if value:
            return "zh" if value.startswith("zh") else "en"
    return "en"


# Steps
ENGINE = Text("Docker Engine", "Docker 引擎")
COMPOSE = Text("Docker Compose", "Docker Compose")
BROWSER = Text("browser for the tests", "测试用浏览器")
PYTHON = Text("Python environment", "Python 环境")
BASE = Text("base image", "基础镜像")
SETTINGS = Text("settings in .env", ".env 设置")
IMAGES = Text("lab images", "实验镜像")
SAVE = Text("save images", "导出镜像")
LOAD = Text("load images", "导入镜像")

# Around the steps
READY = Text("Ready. Now type:", "准备就绪。接下来请输入：")
TYPE_NEXT = Text("Type next:", "请输入：")
LAST_LINES = Text("The last lines of {log}:", "{log} 的最后几行：")
WAITING = Text(
    "Another scripts/setup is at work; waiting for it to end (Ctrl-C to give up).",
    "另一个 scripts/setup 正在运行，等它结束（按 Ctrl-C 放弃等待）。",
)
STOPPED = Text(
    "Stopped. Nothing half-made is left; run it again whenever you like.",
    "已停止，没有留下半成品；随时可以重新运行。",
)
OUR_FAULT = Text(
    "scripts/setup itself has a defect: {error}. Please report it with {log}.",
    "scripts/setup 自身有缺陷：{error}。请连同 {log} 一起反馈给我们。",
)
PROGRAMS_GIVEN = Text(
    "labs/*/programs now belong to {uid}:{gid}, so that they can be edited in the containers too.",
    "labs/*/programs 的属主已改为 {uid}:{gid}，这样在容器里也能编辑其中的程序。",
)
JOIN_GROUP = Text(
    "{user} may not use the engine yet. Type: sudo usermod -aG docker {user}; then log in again.",
    "用户 {user} 还没有使用 Docker 的权限。请输入 sudo usermod -aG docker {user}，然后重新登录。",
)
PYTHON_LATER = Text(
    "Tests and grading also need the Python environment: run scripts/setup with a network.",
    "测试和评分还需要 Python 环境：有网络时再运行一次 scripts/setup。",
)
OTHER_SOURCES = Text(
    "These images were built from other sources than this checkout's images/ folder.",
    "注意：这些镜像与本仓库 images/ 目录中的内容版本不一致。",
)

# Failures
DISK_FULL = Text(
    "The disk is full: {command} could not write.", "磁盘已满：{command} 无法写入数据。"
)
CANNOT_WRITE = Text("Cannot write {path}: {reason}.", "无法写入 {path}：{reason}。")
NO_ENGINE = Text("No Docker Engine is installed.", "尚未安装 Docker 引擎。")
ENGINE_STOPPED = Text(
    "Docker Engine is installed but does not run.", "Docker 引擎已安装，但没有运行。"
)
ENGINE_SILENT = Text(
    "Docker Engine took more than {limit_s} s to answer; it hangs. Restart it.",
    "Docker 引擎超过 {limit_s} 秒没有应答，可能已经卡住，请重启它。",
)
ENGINE_ELSEWHERE = Text(
    "The engine at {endpoint} does not answer. Start it (Docker Desktop, Colima, rootless), "
    "or go back to this machine's own engine.",
    "{endpoint} 上的 Docker 引擎没有应答。请先启动它（Docker Desktop、Colima 或 rootless 引擎），"
    "或者改用本机的引擎。",
)
ENGINE_FORBIDDEN = Text(
    "Docker Engine runs, but your user may not use it.",
    "Docker 引擎正在运行，但当前用户没有权限使用它。",
)
GET_DESKTOP = Text(
    "No Docker Engine answers. Start Docker Desktop or Colima; if there is none, install one "
    "(Docker Desktop: docs.docker.com/desktop).",
    "没有 Docker 引擎应答。请启动 Docker Desktop 或 Colima；若未安装，请先安装其中之一"
    "（Docker Desktop：docs.docker.com/desktop）。",
)
GET_ENGINE = Text(
    "No Docker Engine answers, and this is neither Debian nor Ubuntu. Install Docker Engine as "
    "docs.docker.com/engine/install says, then run scripts/setup again.",
    "没有 Docker 引擎应答，而且本机不是 Debian 或 Ubuntu。请按 docs.docker.com/engine/install "
    "的说明安装 Docker 引擎，再运行 scripts/setup。",
)
ENGINE_FAILED = Text("Docker Engine did not start.", "Docker 引擎启动失败。")
APT_FAILED = Text(
    "apt-get could not install {packages}. Is there a network, does the mirror answer?",
    "apt-get 无法安装 {packages}。请检查网络，以及软件源（镜像站）是否可用。",
)
NEEDS_PACKAGES = Text("These packages are missing: {packages}.", "缺少软件包：{packages}。")
OLD_COMPOSE = Text(
    "The labs need Docker Compose {wanted} or newer (here: {found}), and none could be fetched.",
    "实验需要 Docker Compose {wanted} 或更新的版本（本机：{found}），但未能下载到。",
)
COMPOSE_UNSEEN = Text(
    "Docker Compose was put into {folder}, but `docker compose version` still says: {answer}",
    "Docker Compose 已放入 {folder}，但 docker compose version 仍然显示：{answer}",
)
VENV_FAILED = Text("Python could not make .venv.", "Python 无法创建 .venv 环境。")
PIP_FAILED = Text(
    "pip could not install what scripts/requirements.txt names. Is there a network? With a mirror "
    "of your own, give its address:",
    "pip 无法安装 scripts/requirements.txt 中的软件包。请检查网络；也可以指定一个镜像站：",
)
NO_MIRROR = Text(
    "No registry answered, and this machine knows no Debian mirror to make the base image from. "
    "Name one (any mirror will do, this is an example):",
    "镜像仓库无应答，而本机也没有配置可用于制作基础镜像的 Debian 软件源。请指定一个"
    "（任何镜像站都可以，下面只是例子）：",
)
NO_BASE = Text(
    "No registry answered, and only Debian or Ubuntu can make the base image without one. Load "
    "images saved on another machine, or name a mirror of the image:",
    "镜像仓库无应答，而只有 Debian 或 Ubuntu 能不依赖镜像仓库制作基础镜像。请导入在别的机器上"
    "导出的镜像，或者指定基础镜像的镜像站地址：",
)
MMDEBSTRAP_FAILED = Text(
    "mmdebstrap could not make the base image from {mirror}. Is there a network? Try another "
    "mirror, or images saved on another machine:",
    "mmdebstrap 无法从 {mirror} 制作基础镜像。请检查网络，或换一个镜像站，"
    "或导入在别的机器上导出的镜像：",
)
ENGINE_REFUSED = Text("Docker Engine failed at: {task}.", "Docker 引擎执行失败：{task}。")
ENGINE_GONE = Text(
    "Docker Engine stopped half-way. Run it again; what was finished is kept.",
    "Docker 引擎中途停止了。请重新运行，已完成的部分会保留。",
)
BUILD_FAILED = Text(
    "The image {image} could not be built. If a package could not be fetched, try another mirror:",
    "镜像 {image} 构建失败。如果是软件包下载失败，请换一个镜像站再试：",
)
NO_FILE = Text("{path} cannot be read: {reason}.", "无法读取 {path}：{reason}。")
HALF_FILE = Text(
    "{path} is damaged or only half there ({reason}); nothing was loaded. Copy it again.",
    "{path} 已损坏或不完整（{reason}），没有导入任何内容。请重新复制该文件。",
)
NOT_OUR_FILE = Text(
    "{path} was loaded, but it does not hold {images}.", "{path} 已导入，但其中缺少 {images}。"
)
RANGE_TAKEN = Text(
    "{lab} needs the address range {subnet}, but the network {network} holds it "
    "(containers: {containers}). Free it, or move the lab:",
    "{lab} 需要地址段 {subnet}，但它已被网络 {network} 占用（容器：{containers}）。"
    "请释放该网络，或者把实验换到另一个地址段：",
)
RANGES = Text("address ranges", "地址段")
