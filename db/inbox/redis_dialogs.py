"""Dialogs that several bot processes keep in Redis: how their keys begin, and the end of one person's."""

PREFIX = "opora"
PARTS = ("state", "data")
LOOK_THROUGH = 1000


def forget(url: str, *, platform: str, external_id: int) -> int:
    """Removes a person's dialogs with every bot, in every chat; answers how many keys. Raises redis.RedisError.

    Redis itself must keep no append-only file: what was typed would stand in it. A snapshot ends with its next one.
    Walks over all keys, which takes a second for a million of them; erasures are rare.
    """
    from redis import Redis  # most installations have none, and its client takes a fifth of a second to import
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    with Redis.from_url(url, socket_connect_timeout=5, socket_timeout=5, retry=Retry(NoBackoff(), 1)) as client:
        # The second are of a version that knew one platform: they begin with the bot's number and end within a month.
        begins = f"{PREFIX}:{platform}:", f"{PREFIX}:[0-9]"
        found = [
            key
            for begin in begins
            for part in PARTS
            for key in client.scan_iter(f"{begin}*:{external_id}:{part}", count=LOOK_THROUGH)
        ]
        return int(client.delete(*found)) if found else 0
