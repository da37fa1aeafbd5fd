"""Counts the taps and texts of one person's journey: what docs promise in taps is counted and not believed."""

from bot.sandbox.client import Message, SandboxPerson


class Finger:
    """One person's finger: each deed returns what is seen after it."""

    def __init__(self, person: SandboxPerson) -> None:
        self.person = person
        self.taps = self.typed = 0

    async def tap(self, text: str) -> Message:
        self.taps += 1
        await self.person.tap(text)
        await self.person.settle()
        return await self.person.last()

    async def say(self, text: str) -> Message:
        self.typed += 1
        await (await self.person.send(text)).settle()
        return await self.person.last()

    async def start(self, payload: str) -> None:
        self.taps += 1
        await (await self.person.start(payload)).settle()
