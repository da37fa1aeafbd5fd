# One image for the bot, the panel and `python -m db`; compose.yaml says which of them a container runs.
FROM python:3.11-slim-trixie

# pg_dump and pg_restore, of the same major version as compose.yaml's server: `python -m db backup` calls them.
RUN apt-get update \
    && apt-get install -y --no-install-recommends postgresql-client \
    && rm -rf /var/lib/apt/lists/*

# matplotlib keeps its font list there; the rest of the image may be read-only.
ENV PYTHONUNBUFFERED=1 MPLCONFIGDIR=/tmp
WORKDIR /srv/opora
COPY requirements.txt ./
RUN pip install --no-cache-dir --no-deps --require-hashes -r requirements.txt

COPY bot bot
COPY admin admin
COPY db db
COPY locales locales
# Whoever runs the image may write nothing here, so each start would compile all of it anew.
RUN python -m compileall -q bot admin db locales \
    && python -c "import locales; [locales.translator(language) for language in locales.languages()]"
RUN useradd --system --no-create-home --uid 10001 opora && install -d -o opora -m 700 data
USER opora
VOLUME /srv/opora/data
CMD ["python", "-m", "bot"]
