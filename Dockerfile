# One image, one process, one volume. A small site needs nothing else:
#
#   docker build -t migas-tornado .
#   docker run -d -p 2345:2345 -v migas:/data --name migas migas-tornado
#   docker logs migas        # the first administrator's password, printed once
#
# With MIGAS_DATABASE_URL set, the same image is a replica of a larger site.

FROM python:3.12-slim AS build
WORKDIR /source
COPY pyproject.toml README.md LICENSE ./
COPY migas_tornado migas_tornado
COPY handlers handlers
COPY tasks tasks
COPY migrations migrations
RUN python -m venv /opt/migas && /opt/migas/bin/pip install --no-cache-dir .

FROM python:3.12-slim
RUN useradd --system --uid 1000 --home-dir /data --no-create-home migas \
    && install -d -o migas -g migas -m 0755 /data
COPY --from=build /opt/migas /opt/migas
ENV PATH=/opt/migas/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    MIGAS_HOST=0.0.0.0 \
    MIGAS_PORT=2345 \
    MIGAS_DATA_DIR=/data
USER migas
VOLUME /data
EXPOSE 2345
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(f\"http://127.0.0.1:{os.environ['MIGAS_PORT']}/health/ready\", timeout=4)"]
STOPSIGNAL SIGTERM
CMD ["migas-tornado", "serve"]
