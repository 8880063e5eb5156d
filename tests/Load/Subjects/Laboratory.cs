using BmadServer.Load.Floors;
using BmadServer.Load.Measuring;
using BmadServer.Load.Reporting;
using BmadServer.Testing;

namespace BmadServer.Load.Subjects;

/// <summary>All that a run starts: one PostgreSQL, and each subject in a process of its own. Everything ends with it.</summary>
internal sealed class Laboratory : IAsyncDisposable
{
    private readonly List<Subject> _subjects = [];
    private PostgresServer? _postgres;

    /// <summary>PostgreSQL's version, and whether it syncs to disk; null as long as none was needed.</summary>
    public string? PostgresDescription { get; private set; }

    /// <param name="parallelCalls">How many calls of one connection a floor works on at once.</param>
    public async Task<Subject> StartAsync(SubjectKind kind, CancellationToken cancellationToken, int parallelCalls = 1)
    {
        Progress.Say($"starting {kind.ToString().ToLowerInvariant()}");
        Subject subject = kind switch
        {
            SubjectKind.Echo => await FloorSubject.StartAsync(FloorKind.Echo, "", parallelCalls, cancellationToken),
            SubjectKind.Commit => await StartFloorAsync(FloorKind.Commit, parallelCalls, cancellationToken),
            SubjectKind.Group => await StartFloorAsync(FloorKind.Group, parallelCalls, cancellationToken),
            SubjectKind.Postgres => await ServerSubject.StartAsync(await CreateDatabaseAsync(cancellationToken), cancellationToken),
            SubjectKind.Sqlite => await ServerSubject.StartAsync(postgres: null, cancellationToken),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
        };
        _subjects.Add(subject);
        return subject;
    }

    /// <summary>The server on a database, as what it is.</summary>
    public async Task<ServerSubject> StartServerAsync(SubjectKind kind, CancellationToken cancellationToken) =>
        await StartAsync(kind, cancellationToken) as ServerSubject
        ?? throw new ArgumentException($"{kind} is a floor; this needs the server.", nameof(kind));

    /// <summary>Ends a subject before the others, so that it costs them nothing.</summary>
    public async Task StopAsync(Subject subject)
    {
        _subjects.Remove(subject);
        await subject.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var subject in _subjects)
        {
            await subject.DisposeAsync();
        }

        if (_postgres is not null)
        {
            await _postgres.DisposeAsync();
        }
    }

    private async Task<Subject> StartFloorAsync(FloorKind kind, int parallelCalls, CancellationToken cancellationToken) =>
        await FloorSubject.StartAsync(kind, await CreateDatabaseAsync(cancellationToken), parallelCalls, cancellationToken);

    private async Task<string> CreateDatabaseAsync(CancellationToken cancellationToken)
    {
        _postgres ??= await PostgresServer.StartAsync(cancellationToken);
        var database = await _postgres.CreateDatabaseAsync(cancellationToken: cancellationToken);
        if (PostgresDescription is null)
        {
            await using var counters = await PostgresCounters.OpenAsync(database, cancellationToken);
            var version = await counters.ShowAsync("server_version", cancellationToken);
            var sync = await counters.ShowAsync("fsync", cancellationToken);
            PostgresDescription = $"PostgreSQL {version}, fsync {sync}";
        }

        return database;
    }
}
