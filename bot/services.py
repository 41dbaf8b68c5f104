"""What one process holds while it serves: settings, clients of the platforms, the turns it runs."""

from dataclasses import dataclass

import aiohttp
from aiohttp import web

from bot.config import Settings
from bot.quotas import Quotas
from bot.tokens import DatabaseTokens
from bot.turns import Turns
from bot.wechat.envelope import Envelope
from bot.wechat.miniprogram import MiniProgramClient
from bot.wechat.official import OfficialClient
from bot.wechat.transport import App, TokenStore, Transport
from bot.wechat.work import WorkClient
from bot.wechat.workcontacts import ContactsClient
from bot.wechat.workcustomers import CustomersClient


@dataclass(slots=True)
class Services:
    """Made once per process, closed with it. A client is None where its door is off."""

    settings: Settings
    transport: Transport
    turns: Turns
    quotas: Quotas
    official: OfficialClient | None = None
    work: WorkClient | None = None
    miniprogram: MiniProgramClient | None = None
    contacts: ContactsClient | None = None
    customers: CustomersClient | None = None
    envelopes: dict[str, Envelope] | None = None


SERVICES: web.AppKey[Services] = web.AppKey("services", Services)


def make_services(
    settings: Settings, session: aiohttp.ClientSession, turns: Turns, tokens: TokenStore | None = None
) -> Services:
    """The clients of the doors that are on; tokens are shared through the database unless said otherwise."""
    transport = Transport(session, tokens or DatabaseTokens())
    services = Services(settings, transport, turns, Quotas(settings))
    if account := settings.official:
        app = App("official", account.app_id, account.secret, account.api_base)
        services.official = OfficialClient(transport, app)
    if work := settings.work:
        services.work = WorkClient(transport, App("work", work.corp_id, work.secret, work.api_base), work.agent_id)
        # Each secret of a company has a token and rights of its own.
        if work.contacts_secret:
            app = App("work", work.corp_id, work.contacts_secret, work.api_base)
            services.contacts = ContactsClient(transport, app)
        if work.customers_secret:
            app = App("work", work.corp_id, work.customers_secret, work.api_base)
            services.customers = CustomersClient(transport, app)
    if account := settings.miniprogram:
        app = App("miniprogram", account.app_id, account.secret, account.api_base)
        services.miniprogram = MiniProgramClient(transport, app)
    services.envelopes = envelopes(settings)
    return services


def envelopes(settings: Settings) -> dict[str, Envelope]:
    """The envelope of each callback that is on; WeCom's address book and customer contact may have their own."""
    found = {}
    if account := settings.official:
        found["official"] = Envelope(account.token, account.app_id, account.aes_key)
    if work := settings.work:
        found["work"] = Envelope(work.token, work.corp_id, work.aes_key)
        if work.contacts_token:
            found["work contacts"] = Envelope(work.contacts_token, work.corp_id, work.contacts_aes_key or work.aes_key)
        if work.customers_token:
            found["work customers"] = Envelope(
                work.customers_token, work.corp_id, work.customers_aes_key or work.aes_key
            )
    if account := settings.miniprogram:
        found["miniprogram"] = Envelope(account.token, account.app_id, account.aes_key)
    return found
