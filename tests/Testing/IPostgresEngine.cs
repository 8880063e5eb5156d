namespace BmadServer.Testing;

/// <summary>A PostgreSQL that was started here, with throw-away data.</summary>
internal interface IPostgresEngine : IAsyncDisposable
{
    /// <summary>One line that says where it comes from.</summary>
    string Source { get; }

    /// <summary>The connection string of an administrator. Its address may be another one after each start.</summary>
    string Administrator { get; }

    /// <summary>Starts it again on the data that it had, and returns when it accepts connections.</summary>
    Task StartAsync(CancellationToken cancellationToken);

    /// <summary>Stops it in an orderly way.</summary>
    Task StopAsync(CancellationToken cancellationToken);

    /// <summary>SIGKILL for all its processes at once.</summary>
    Task KillAsync(CancellationToken cancellationToken);
}
