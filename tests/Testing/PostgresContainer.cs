using Docker.DotNet.Models;
using DotNet.Testcontainers.Configurations;
using Microsoft.Extensions.Logging.Abstractions;
using Testcontainers.PostgreSql;

namespace BmadServer.Testing;

/// <summary>PostgreSQL in a container, through whatever engine Testcontainers finds.</summary>
internal sealed class PostgresContainer : IPostgresEngine
{
    private readonly PostgreSqlContainer container;

    private PostgresContainer(PostgreSqlContainer container, string image)
    {
        this.container = container;
        Source = $"Testcontainers, image {image}";
    }

    public string Source { get; }

    public string Administrator => container.GetConnectionString();

    /// <summary>Says why there is no engine to use; null where there is one.</summary>
    public static async Task<string?> FindObstacleAsync(CancellationToken cancellationToken)
    {
        Uri? endpoint;
        try
        {
            // Testcontainers asks every endpoint it knows, without a limit of its own for one that never answers.
            endpoint = await Task.Run(() => TestcontainersSettings.OS.DockerEndpointAuthConfig?.Endpoint, cancellationToken)
                .WaitAsync(TimeSpan.FromSeconds(10), cancellationToken);
        }
        catch (TimeoutException)
        {
            return "no container engine answered within 10 s";
        }

        // With a host named, another one must not step in unasked.
        var named = Environment.GetEnvironmentVariable("DOCKER_HOST");
        return named switch
        {
            null or "" => endpoint is null ? "no container engine answers" : null,
            _ when endpoint is not null && endpoint == new Uri(named) => null,
            _ => $"no container engine answers at DOCKER_HOST={named}",
        };
    }

    public static async Task<PostgresContainer> StartNewAsync(CancellationToken cancellationToken)
    {
        var image = Environment.GetEnvironmentVariable("BMADSERVER_TEST_POSTGRES_IMAGE") is { Length: > 0 } named
            ? named
            : "postgres:17-alpine";

        // Testcontainers turns syncing off; of two equal settings the later one counts.
        var container = new PostgreSqlBuilder(image)
            .WithLogger(NullLogger.Instance)
            .WithCommand([.. PostgresEngines.Settings.SelectMany(setting => new[] { "-c", setting })])
            // PostgreSQL's fast stop. Its default, SIGTERM, would wait for the clients, and the engine kills what waits.
            .WithCreateParameterModifier(parameters => parameters.StopSignal = "SIGINT")
            .Build();
        try
        {
            var postgres = new PostgresContainer(container, image);
            await postgres.StartAsync(cancellationToken);
            return postgres;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            await container.DisposeAsync();
            throw new InvalidOperationException(
                $"""
                A container engine answers, but a container of {image} does not start: {e.Message}
                BMADSERVER_TEST_POSTGRES_IMAGE can name another image, BMADSERVER_TEST_POSTGRES a server that runs already.
                """,
                e);
        }
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await container.StartAsync(cancellationToken);
        await new PostgresAdministrator(Administrator).WaitUntilReadyAsync(TimeSpan.FromSeconds(60), cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => container.StopAsync(cancellationToken);

    public async Task KillAsync(CancellationToken cancellationToken)
    {
        // Testcontainers itself can only stop a container, which is orderly.
        using var docker = TestcontainersSettings.OS.DockerEndpointAuthConfig.GetDockerClientBuilder(Guid.CreateVersion7()).Build();
        await docker.Containers.KillContainerAsync(container.Id, new ContainerKillParameters(), cancellationToken);
        await docker.Containers.WaitContainerAsync(container.Id, cancellationToken);
    }

    public ValueTask DisposeAsync() => container.DisposeAsync();
}
