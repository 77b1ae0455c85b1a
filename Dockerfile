# syntax=docker/dockerfile:1
#
#   docker build -t hashstatic .
#
# An image with nothing but the binary and the wheel, for Debian 12, Ubuntu 22.04 or later:
#
#   COPY --from=hashstatic /hashstatic /usr/local/bin/
#   COPY --from=hashstatic /hashstatic-*.whl /wheels/

ARG RUST_IMAGE=rust:1-slim-bookworm

FROM ${RUST_IMAGE} AS build
RUN apt-get update \
    && apt-get install --yes --no-install-recommends g++ make python3-venv \
    && rm -rf /var/lib/apt/lists/* \
    && python3 -m venv /tools \
    && /tools/bin/pip install --no-cache-dir maturin==1.16.0
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry --mount=type=cache,target=/src/target \
    /tools/bin/maturin build --release --locked --out /out \
    && /tools/bin/pip install --no-index /out/*.whl \
    && cp /tools/bin/hashstatic /out/

FROM scratch
COPY --from=build /out /
ENTRYPOINT ["/hashstatic"]
