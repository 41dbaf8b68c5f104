"""The command line of the installer and of the one who looks after it.

A command imports what it needs when it runs: `--help` and a wrong setting answer at once.
"""

import asyncio
import json
import sys
from collections.abc import Callable, Coroutine
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from bot.config import Settings, WrongSettings, load_settings
from bot.trouble import Trouble
from models.clock import CLOCK_FILE, SHANGHAI, travel
from models.embedded import NoServer
from models.errors import DatabaseAway

T = TypeVar("T")

YEARS = 2000, 2100

cli = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="聊单：把 ERP、CRM 和 MES 放进公司已经在用的聊天里",
)
seed = typer.Typer(no_args_is_help=True, help="写入示例数据")
menu = typer.Typer(no_args_is_help=True, help="菜单")
templates = typer.Typer(no_args_is_help=True, help="平台模板")
cli.add_typer(seed, name="seed")
cli.add_typer(menu, name="menu")
cli.add_typer(templates, name="templates")

Person = Annotated[str, typer.Option("--as", help="员工号、联系人号或姓名")]
Now = Annotated[str | None, typer.Option("--now", help="例如 2026-12-05T09:00:00+08:00、2026-12-05 09:00、2026-12-05")]


def main() -> None:
    """The entry point; trouble a person can mend is said in one line."""
    try:
        cli()
    except (WrongSettings, NoServer, Trouble) as trouble:
        sys.stderr.write(f"{trouble}\n")
        sys.exit(2)
    except DatabaseAway as away:
        sys.stderr.write(f"连不上数据库：{away}。请检查 LIAODAN_DATABASE_URL 和数据库服务\n")
        sys.exit(2)


@cli.command()
def demo(
    reset: Annotated[bool, typer.Option("--reset", help="忘掉演示数据")] = False,
    emulator_port: Annotated[int, typer.Option(help="模拟器端口")] = 8001,
) -> None:
    """演示：内置数据库、演示公司、模拟器和后台"""
    from bot.demo import show

    settings = load_settings()
    if reset:
        show.reset(settings)
        typer.echo("演示数据已清空")
        return
    raise typer.Exit(show.show(settings, emulator_port=emulator_port))


@cli.command()
def init(
    name: Annotated[str, typer.Option(prompt="公司名称")],
    admin: Annotated[str, typer.Option(prompt="第一位管理员姓名")],
    number: Annotated[str, typer.Option(prompt="管理员员工号")] = "E001",
    phone: Annotated[str, typer.Option(prompt="管理员手机")] = "",
    warehouse: Annotated[str, typer.Option(prompt="仓库名称")] = "主仓",
    tax: Annotated[str, typer.Option(prompt="增值税率 %")] = "13",
) -> None:
    """建立一家真实的公司"""
    from bot import maintenance
    from models.migrating import migrate as migrate_database

    settings = load_settings()
    asyncio.run(migrate_database(_url(settings)))
    _run(lambda: maintenance.init(name, admin, number, phone, warehouse, tax))
    typer.echo(f"{name} 已建立。给 {admin} 绑定企业微信：liaodan bind --door work --id USERID --person {number}")


@cli.command()
def serve(workers: Annotated[int | None, typer.Option(help="进程数")] = None) -> None:
    """启动后台"""
    settings = load_settings()
    _url(settings)

    from bot.app import make_app
    from bot.logs import set_up_logs
    from bot.workers import serve as serve_with

    set_up_logs(settings.log_level)
    serve_with(lambda: make_app(settings), settings.host, settings.port, workers or settings.workers)


@cli.command()
def migrate() -> None:
    """升级数据库"""
    from models.migrating import migrate as migrate_database

    asyncio.run(migrate_database(_url(load_settings())))
    typer.echo("数据库已是最新")


@seed.command("demo")
def seed_demo() -> None:
    """演示公司"""
    from bot.demo.seed import AlreadySeeded
    from bot.demo.seed import seed_demo as build
    from models.migrating import migrate as migrate_database

    settings = load_settings()
    asyncio.run(migrate_database(_url(settings)))
    try:
        _run(build)
    except AlreadySeeded:
        raise Trouble("这个数据库里已经有一家公司；演示公司要建在空的数据库里") from None
    typer.echo("演示公司已建立")


@cli.command("import")
def import_(
    kind: Annotated[str, typer.Argument(help="products、customers、prices、suppliers、stock 或 invoices")],
    file: Annotated[Path, typer.Argument(help=".xlsx 或 .csv")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查和预览，不写入")] = False,
    template: Annotated[bool, typer.Option("--template", help="不导入，而是把空白模板写到 FILE")] = False,
) -> None:
    """导入产品、客户、价目表、供应商、期初库存、期初应收：全部成功或全部不动"""
    from bot import importing

    if template:
        typer.echo(importing.write_template(kind, file))
    else:
        typer.echo(_run(lambda: importing.import_file(kind, file, dry_run=dry_run)))


@cli.command()
def doctor() -> None:
    """检查设置、数据库、回调和微信凭据，说怎么修"""
    from bot.doctor import examine

    findings = asyncio.run(examine())
    for finding in findings:
        typer.echo(f"{'✓' if finding.good else '✗'} {finding.what}" + (f"：{finding.fix}" if finding.fix else ""))
    raise typer.Exit(0 if all(finding.good for finding in findings) else 1)


@cli.command()
def bind(
    door: Annotated[str, typer.Option(help="official、work 或 miniprogram")],
    id: Annotated[str, typer.Option("--id", help="openid 或 userid")],
    person: Annotated[str, typer.Option(help="员工号、联系人号或姓名")],
) -> None:
    """绑定一个微信身份"""
    from bot import maintenance

    typer.echo(_run(lambda: maintenance.bind_identity(door, id, person)))


@cli.command()
def roles(
    person: Annotated[str, typer.Option(help="员工号或姓名")],
    give: Annotated[list[str] | None, typer.Option(help="要给的角色，例如 销售 或 salesperson；可以写几次")] = None,
    take: Annotated[list[str] | None, typer.Option(help="要去掉的角色；可以写几次")] = None,
) -> None:
    """给同事角色或者去掉；都不写就只看"""
    from bot import maintenance

    typer.echo(_run(lambda: maintenance.change_roles(person, give or [], take or [])))


@cli.command()
def token(person: Person) -> None:
    """给 JSON 接口和 MCP 用的令牌"""
    from bot import maintenance

    typer.echo(_run(lambda: maintenance.token(person)))


@cli.command()
def mcp(
    person: Annotated[str | None, typer.Option("--as", help="员工号、联系人号或姓名")] = None,
    token: Annotated[str | None, typer.Option(help="liaodan token 给的令牌")] = None,
) -> None:
    """给 AI 工具用的 MCP 服务，走标准输入输出，以某个人的身份和权限"""
    from bot import maintenance

    _run(lambda: maintenance.serve_mcp(person, token))


@cli.command()
def say(text: str, person: Person, door: str = "work", now: Now = None) -> None:
    """不用微信说一句话"""
    from bot import maintenance

    typer.echo(_run(lambda: maintenance.say(person, door, text), now))


@cli.command()
def understand(
    text: Annotated[str | None, typer.Argument()] = None,
    person: Annotated[str | None, typer.Option("--as")] = None,
    role: str | None = None,
    file: Annotated[Path | None, typer.Option(exists=True)] = None,
    now: Now = None,
) -> None:
    """一句话会被听成什么；不执行"""
    from bot import maintenance

    for line in _run(lambda: maintenance.understand(text, person, role, file), now):
        typer.echo(json.dumps(line, ensure_ascii=False))


@cli.command()
def audit(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """从流水重算每个余额"""
    from bot import maintenance

    found = _run(maintenance.audit)
    for difference in found:
        typer.echo(json.dumps(difference, ensure_ascii=False) if as_json else maintenance.sentence(difference))
    raise typer.Exit(1 if found else 0)


@menu.command("push")
def menu_push() -> None:
    """发布菜单"""
    from bot import maintenance

    for words in _run(maintenance.push_menus):
        typer.echo(words)


@templates.command("sync")
def templates_sync() -> None:
    """从平台读取模板并对应到通知"""
    from bot import maintenance

    for words in _run(maintenance.sync_templates):
        typer.echo(words)


@cli.command()
def openapi() -> None:
    """接口文档（OpenAPI 3.1）"""
    from bot.openapi import document

    typer.echo(json.dumps(document(), ensure_ascii=False, indent=2))


@cli.command()
def backup(file: Path) -> None:
    """备份数据库和附件到一个文件"""
    from bot import archives

    settings = load_settings()
    archives.backup(_url(settings), settings, file)
    typer.echo(f"已备份到 {file}")


@cli.command()
def restore(file: Path) -> None:
    """从备份恢复到一个空数据库"""
    from bot import archives

    settings = load_settings()
    archives.restore(_url(settings), settings, file)
    typer.echo("已恢复")


def _url(settings: Settings) -> str:
    if not settings.database_url:
        raise WrongSettings("LIAODAN_DATABASE_URL：没有设置，应当是 postgres:// 开头的地址")
    return settings.database_url


def _run(work: Callable[[], Coroutine[Any, Any, T]], now: str | None = None) -> T:
    """Runs something with the database open, at another moment if asked to. Raises Trouble and DatabaseAway."""
    from tortoise.exceptions import OperationalError

    from models.database import UNMIGRATED, open_database
    from models.pages.linking import PUBLIC
    from models.system.files import STORE

    settings = load_settings()
    url = _url(settings)
    moment = read_moment(now) if now is not None else None
    CLOCK_FILE.path = settings.clock
    PUBLIC.url, STORE.folder = settings.public_url, settings.files

    async def inside() -> T:
        context = await open_database(url, pool=2)
        try:
            if moment is None:
                return await work()
            with travel(moment):
                return await work()
        except (*UNMIGRATED, OperationalError) as error:
            if not isinstance(error, UNMIGRATED) and not isinstance(error.__cause__, UNMIGRATED):
                raise
            raise Trouble("数据库没有升级，请运行 liaodan migrate") from None
        finally:
            await context.connections.close_all()

    return asyncio.run(inside())


def read_moment(text: str) -> datetime:
    """A time typed by hand: RFC 3339, or a day with or without the time, which is Shanghai's. Raises Trouble."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        moment = None
    if moment is None or not YEARS[0] <= moment.year <= YEARS[1]:
        raise Trouble(f"--now “{text}”不对，例如 2026-12-05T09:00:00+08:00、2026-12-05 09:00 或 2026-12-05")
    return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)


if __name__ == "__main__":
    main()
