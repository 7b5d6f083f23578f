# The desk as a container: `docker build -t commonplace .`
FROM python:3.13-slim AS build
WORKDIR /app
COPY locks/uv.txt locks/run.txt locks/
RUN pip install --no-cache-dir --disable-pip-version-check --require-hashes -r locks/uv.txt \
    && uv venv /venv \
    && VIRTUAL_ENV=/venv uv pip install --no-cache --require-hashes -r locks/run.txt
COPY pyproject.toml README.md LICENSE ./
COPY bot bot
COPY cogs cogs
RUN VIRTUAL_ENV=/venv uv pip install --no-cache --no-deps --no-build-isolation .

FROM python:3.13-slim
RUN useradd --system --uid 10001 --home-dir /app desk
WORKDIR /app
COPY --from=build /venv /venv
COPY config config
RUN mkdir data && chown desk data
USER desk
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 COMMONPLACE_WEB__HOST=0.0.0.0
VOLUME /app/data
EXPOSE 8711
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD \
    ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8711/healthz', timeout=4)"]
ENTRYPOINT ["commonplace"]
CMD ["run"]
