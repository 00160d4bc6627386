# The page in a container: python:3.11-slim, a user without rights, and one volume.
#
#   docker build --build-arg CPU_INDEX=URL --tag text2sql .   # URL: PyTorch's index of CPU builds
#   docker run --publish 7860:7860 --volume text2sql:/data text2sql
#
# Without CPU_INDEX, torch brings its GPU libraries, several gigabytes.
FROM python:3.11-slim AS build
ARG CPU_INDEX
WORKDIR /src
COPY pyproject.toml README.md LICENSE requirements.lock ./
COPY text2sql text2sql
COPY train train
# the last lines remove what only tests, compilers and pip need, a third of a gigabyte
RUN python -m venv /app \
    && /app/bin/pip install --no-cache-dir --constraint requirements.lock \
        ${CPU_INDEX:+--extra-index-url "$CPU_INDEX"} ".[page]" \
    && /app/bin/python -m pip uninstall --yes setuptools pip \
    && cd /app/lib/python3.11/site-packages \
    && find . -depth -type d \( -name test -o -name tests \) -exec rm -r {} + \
    && find torch/bin ! -name torch_shm_manager ! -name bin -delete \
    && rm -r torch/include pyarrow/include

FROM python:3.11-slim
RUN useradd --create-home --uid 1000 text2sql && install --directory --owner text2sql /data
COPY --from=build /app /app
ENV PATH=/app/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    TEXT2SQL_CACHE_DIR=/data/cache \
    TEXT2SQL_FEEDBACK=/data/feedback.db
USER text2sql
WORKDIR /data
VOLUME /data
EXPOSE 7860
HEALTHCHECK --interval=30s --timeout=10s --start-period=120s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:7860/', timeout=8)"]
CMD ["text2sql", "serve", "--host", "0.0.0.0", "--port", "7860", "--runs", "/data/runs"]
