# One image for everything that compose.yaml starts. No compiler, no root, nothing written at run time.
FROM python:3.13-slim

ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 HOME=/tmp
# Letters for pictures: without this font names that are not ASCII are written plainly, or not at all.
RUN apt-get update && apt-get install --yes --no-install-recommends fonts-dejavu-core \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /app
# requirements-tracing.lock: the same and OpenTelemetry (docker compose build --build-arg LOCK=...)
ARG LOCK=requirements.lock
COPY ${LOCK} .
RUN pip install --disable-pip-version-check --require-hashes -r ${LOCK}
COPY events events
COPY sql sql
COPY projections projections
COPY bot bot
# Owned by who runs it, so that a new volume mounted there is, too.
RUN install --directory --owner=10001 --group=10001 --mode=0700 /var/lib/tallystick
USER 10001:10001
ENTRYPOINT ["python", "-m", "bot"]
CMD ["run"]
