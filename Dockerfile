# The server with its web app, as an image that needs no write access but to /data and /tmp; docs/operations.md says how to run it.
# Where the usual images cannot be had, others take their place: --build-arg ASPNET_IMAGE=…
ARG NODE_IMAGE=node:22-bookworm-slim
ARG SDK_IMAGE=mcr.microsoft.com/dotnet/sdk:10.0
ARG ASPNET_IMAGE=mcr.microsoft.com/dotnet/aspnet:10.0

FROM ${NODE_IMAGE} AS webapp
WORKDIR /source/src/Web/ClientApp
COPY src/Web/ClientApp/package.json src/Web/ClientApp/package-lock.json ./
RUN npm ci --no-audit --no-fund --loglevel=error
COPY src/Web/ClientApp ./
COPY src/Web/Build/compress.mjs ../Build/
RUN npm run build && node ../Build/compress.mjs ../wwwroot

FROM ${SDK_IMAGE} AS program
WORKDIR /source
ENV DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
# Packages are restored anew only when one of these has changed.
COPY global.json Directory.Build.props Directory.Packages.props BannedSymbols.txt .editorconfig ./
COPY src/Domain/Domain.csproj src/Domain/
COPY src/Application/Application.csproj src/Application/
COPY src/Infrastructure/Infrastructure.csproj src/Infrastructure/
COPY src/Web/Web.csproj src/Web/
COPY src/Web/Build src/Web/Build
RUN dotnet restore src/Web
COPY src src
COPY --from=webapp /source/src/Web/wwwroot src/Web/wwwroot
RUN dotnet publish src/Web --configuration Release --no-restore --output /app -p:BuildClientApp=false -p:UseAppHost=false

FROM ${ASPNET_IMAGE}
# A number, so that an orchestrator can see that it is not root.
RUN install -d -o 1654 -g 1654 -m 700 /data
COPY --from=program /app /app
# Diagnostics would put a socket into /tmp, through which everything in the process can be read.
ENV ASPNETCORE_HTTP_PORTS=5080 \
    Data__Directory=/data \
    DOTNET_EnableDiagnostics=0
WORKDIR /app
USER 1654:1654
VOLUME /data
EXPOSE 5080
# The image has neither curl nor wget. Ready and not only alive: what waits for the container wants to use it.
HEALTHCHECK --interval=5s --timeout=4s --start-period=30s --retries=3 \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/${ASPNETCORE_HTTP_PORTS} && printf 'GET /health/ready HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 && read -r _ status _ <&3 && [ \"$status\" = 200 ]"]
ENTRYPOINT ["dotnet", "/app/BmadServer.Web.dll"]
