# Two images: `full` (the default) is the whole program, `slim` the same without FFmpeg, for orchestrators
# that leave encoding to the fleet and for the gateway. Any Debian or Ubuntu base with Node.js will do.
ARG BASE_IMAGE=node:24-trixie-slim

FROM ${BASE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
COPY . .
RUN npm run --silent build:program && npm prune --omit=dev --ignore-scripts --loglevel=error

FROM ${BASE_IMAGE} AS slim
# The storage volume takes its owner from the image.
RUN mkdir /films /segments && chown 1000:1000 /segments
COPY --from=build /app/package.json /app/LICENSE /app/
COPY --from=build /app/node_modules /app/node_modules
COPY --from=build /app/dist /app/dist
ENV NODE_ENV=production PORT=8080 MEDIA_DIR=/films STORAGE_DIR=/segments FALLBACK_TO_LOCAL=false
USER 1000:1000
EXPOSE 8080
ENTRYPOINT ["node", "/app/dist/cli/main.js"]
CMD ["serve"]
# The gateway answers 401 to whoever has no token, which is a sign of life too.
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then((r) => process.exit(r.status < 500 ? 0 : 1), () => process.exit(1))"]

FROM slim AS full
USER 0:0
# What FFmpeg's package draws in for screens, and nobody looks at here, stays out.
RUN command -v ffmpeg >/dev/null || { \
    printf 'path-exclude=%s\n' '/usr/lib/*/libLLVM*' '/usr/lib/*/libgallium*' '/usr/lib/*/libz3*' '/usr/lib/*/dri/*' \
      '/usr/share/locale/*' '/usr/share/man/*' '/usr/share/icons/*' '/usr/share/X11/*' > /etc/dpkg/dpkg.cfg.d/headless; \
    apt-get update -qq && apt-get install -y -qq --no-install-recommends ffmpeg && \
    apt-get clean && rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin; }
ENV FALLBACK_TO_LOCAL=true
USER 1000:1000
