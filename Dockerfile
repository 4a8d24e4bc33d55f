# docker build -t chatlist . makes an image of the release. docs/operations.md has more.

# A JDK of 19 or newer, whose class archives can be moved, and Maven.
ARG BUILD_IMAGE=maven:3-eclipse-temurin-25
# With glibc and libstdc++ for the runtime and PostgreSQL, sh for the launcher and bash for the health check.
ARG BASE_IMAGE=debian:13-slim

FROM ${BUILD_IMAGE} AS build
WORKDIR /build
COPY . .
RUN mvn -B -q -Prelease -pl bootstrap -am -DskipTests -Dspotless.check.skip package \
    && mkdir /release \
    && tar -xzf bootstrap/target/chatlist-*.tar.gz -C /release --strip-components=1

FROM ${BASE_IMAGE}
# PostgreSQL asks for the user's name. A number in USER lets Kubernetes see that it isn't root.
RUN groupadd --system --gid 10001 chatlist \
    && useradd --system --uid 10001 --gid chatlist --home-dir /var/lib/chatlist --shell /usr/sbin/nologin chatlist \
    && install -d -m 700 -o chatlist -g chatlist /var/lib/chatlist /var/cache/chatlist
COPY --from=build /release /opt/chatlist
ENV PATH=/opt/chatlist:/opt/chatlist/runtime/bin:$PATH \
    CHATLIST_HOST=0.0.0.0 \
    CHATLIST_DATA_DIR=/var/lib/chatlist \
    XDG_CACHE_HOME=/var/cache/chatlist
USER 10001:10001
# The data, and the embedded PostgreSQL's programs. Nothing else is written, so the root may be read-only.
VOLUME ["/var/lib/chatlist", "/var/cache/chatlist"]
EXPOSE 8080
STOPSIGNAL SIGTERM
# Also right while the database is away: a restart wouldn't help then.
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s CMD ["bash", "-c", "\
    exec 3<>/dev/tcp/127.0.0.1/${CHATLIST_PORT:-8080} && \
    printf 'GET /livez HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3 && \
    grep -q '^HTTP/1.1 200 ' <&3"]
ENTRYPOINT ["chatlist"]
CMD ["serve"]
