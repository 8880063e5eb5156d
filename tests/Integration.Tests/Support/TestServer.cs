using BmadServer.Infrastructure.Persistence;
using BmadServer.Web.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace BmadServer.Integration.Tests.Support;

/// <summary>The real server on a real port, with a database and a data directory of its own; it can be restarted.</summary>
public sealed class TestServer : IAsyncDisposable
{
    /// <summary>All the people of all the tests of a fixture come from one address, and come and go faster than people do.</summary>
    private static readonly Dictionary<string, string> OfOneAddress = new()
    {
        ["RateLimits:SignInsPerMinute"] = "10000",
        ["RateLimits:RefreshesPerMinute"] = "10000",
        ["RateLimits:UserConnectsPerMinute"] = "10000",
    };

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("bmadserver-test-");
    private readonly Dictionary<string, string> _settings;
    private readonly TimeProvider? _time;
    private readonly Action<WebApplicationBuilder>? _configure;
    private WebApplication? _app;

    private TestServer(Dictionary<string, string> settings, TimeProvider? time, Action<WebApplicationBuilder>? configure) =>
        (_settings, _time, _configure) = (settings, time, configure);

    /// <summary>Changes with each restart.</summary>
    public Uri Url { get; private set; } = new("http://127.0.0.1");

    /// <summary>Where the server keeps its own files, unless the settings name another place.</summary>
    public string DataDirectory => _settings["Data:Directory"];

    /// <summary>All that was logged, at every level that the server lets through.</summary>
    public CapturedLog Log { get; } = new();

    public IServiceProvider Services => _app!.Services;

    /// <param name="settings">
    /// Configuration beside what the test needs anyway, for example <c>Sessions:RecoveryWindowSeconds</c>, or instead of it.
    /// </param>
    /// <param name="time">The server's clock; null for the real one.</param>
    /// <param name="configure">What else is to be other than in production.</param>
    public static async Task<TestServer> StartAsync(
        Database database,
        IReadOnlyDictionary<string, string>? settings = null,
        TimeProvider? time = null,
        Action<WebApplicationBuilder>? configure = null
    )
    {
        var all = new Dictionary<string, string>(settings ?? new Dictionary<string, string>());
        foreach (var (key, value) in OfOneAddress)
        {
            all.TryAdd(key, value);
        }

        if (database == Database.Postgres)
        {
            if (!all.ContainsKey("ConnectionStrings:bmadserver"))
            {
                all["ConnectionStrings:bmadserver"] = await SharedPostgres.CreateDatabaseAsync();
            }

            all.TryAdd("Database:MigrateOnStart", "true");
        }

        var server = new TestServer(all, time, configure);
        all.TryAdd("Data:Directory", server._directory.FullName);
        try
        {
            await server.StartAsync();
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }

        return server;
    }

    /// <summary>Stops the server and starts another on the same data, at another port.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAsync();
    }

    public async Task StopAsync()
    {
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
            _app = null;
        }
    }

    public async Task StartAsync()
    {
        string[] args = [.. _settings.Select(setting => $"--{setting.Key}={setting.Value}"), "--urls=http://127.0.0.1:0"];
        _app = ServerHost.Build(
            args,
            builder =>
            {
                LogOnlyTo(Log, builder);
                if (_time is not null)
                {
                    builder.Services.AddSingleton(_time);
                }

                _configure?.Invoke(builder);
            }
        );
        await _app.StartAsync();
        Url = new Uri(_app.Urls.Single());
    }

    /// <summary>Instead of to the console and what else the framework has; what the server itself sets up stays.</summary>
    private static void LogOnlyTo(CapturedLog log, WebApplicationBuilder builder)
    {
        var ofFramework = builder.Services.Where(service =>
            service.ServiceType == typeof(ILoggerProvider)
            && service.ImplementationType?.Namespace?.StartsWith("Microsoft.Extensions.Logging", StringComparison.Ordinal) == true
        );
        foreach (var provider in ofFramework.ToArray())
        {
            builder.Services.Remove(provider);
        }

        builder.Logging.AddProvider(log).SetMinimumLevel(LogLevel.Trace);
    }

    /// <summary>Asks the server's own database, past the server.</summary>
    public async Task<T> InDatabaseAsync<T>(Func<AppDbContext, Task<T>> work)
    {
        await using var scope = Services.CreateAsyncScope();
        return await work(scope.ServiceProvider.GetRequiredService<AppDbContext>());
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _directory.Delete(recursive: true);
    }
}
