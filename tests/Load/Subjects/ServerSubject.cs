using System.Globalization;
using BmadServer.Infrastructure.Persistence;
using BmadServer.Load.Clients;
using BmadServer.Load.Measuring;
using BmadServer.Testing;
using Microsoft.EntityFrameworkCore;

namespace BmadServer.Load.Subjects;

/// <summary>The server under test, with a data directory and a database of its own.</summary>
internal sealed class ServerSubject : Subject
{
    private static readonly AccessTokens Tokens = new();
    private static int _runs;

    private ServerSubject(string name, ServerNode node, Instruments instruments, string? postgres)
        : base(name, node, instruments)
    {
        Postgres = postgres;
        Crowd = new Crowd(OpenDatabase, Tokens);
    }

    /// <summary>What the server is started with beside its own database, as documented for operators.</summary>
    public static IReadOnlyDictionary<string, string> Settings { get; } =
        new Dictionary<string, string>
        {
            ["RateLimits__Enabled"] = "false",
            ["Logging__LogLevel__Default"] = "Warning",
            ["Database__MigrateOnStart"] = "true",
        };

    /// <summary>The connection string of its database; null on SQLite.</summary>
    public string? Postgres { get; }

    public Crowd Crowd { get; }

    /// <param name="postgres">The connection string of an empty database; null for SQLite.</param>
    public static async Task<ServerSubject> StartAsync(string? postgres, CancellationToken cancellationToken)
    {
        var settings = new Dictionary<string, string>([.. ChildSettings.Common, .. Settings]) { ["Jwt__SigningKey"] = Tokens.SigningKey };
        if (postgres is not null)
        {
            settings["ConnectionStrings__bmadserver"] = postgres;
        }

        var node = await ServerNode.StartNewAsync(settings, cancellationToken: cancellationToken);
        var instruments = await Instruments.OpenAsync(node, postgres, cancellationToken);
        return new ServerSubject(postgres is null ? "bmadServer, SQLite" : "bmadServer, PostgreSQL", node, instruments, postgres);
    }

    public override Task PrepareAsync(int connections, CancellationToken cancellationToken) =>
        Crowd.GatherAsync(connections, cancellationToken);

    public override async Task<Fleet> OpenFleetAsync(
        int connections,
        int workflows,
        IHubListener listener,
        CancellationToken cancellationToken
    )
    {
        if (workflows > 0 && connections % workflows != 0)
        {
            throw new ArgumentException($"{connections} connections do not spread evenly over {workflows} workflows.", nameof(workflows));
        }

        var people = await Crowd.GatherAsync(connections, cancellationToken);
        var members = workflows == 0 ? [] : people.Chunk(connections / workflows).ToArray();
        var ids = await Crowd.CreateWorkflowsAsync(members, cancellationToken);
        return await Fleet.OpenAsync(connections, OpenSeatAsync, cancellationToken);

        async Task<Seat> OpenSeatAsync(int i, CancellationToken token)
        {
            var connection = await HubConnection.OpenAsync(Node.Url, people[i].AccessToken, listener, i, cancellationToken: token);
            if (ids.Count == 0)
            {
                return new Seat(connection, 0, Guid.Empty);
            }

            var workflow = i / members[0].Length;
            await connection.CallAsync("JoinWorkflow", $"\"{ids[workflow]}\"", token);
            return new Seat(connection, workflow, ids[workflow]);
        }
    }

    /// <summary>Every send carries an idempotency key that was never used before.</summary>
    public override CallFrame Send(Seat seat, int? call, string text)
    {
        var run = Interlocked.Increment(ref _runs).ToString("x", CultureInfo.InvariantCulture);
        var arguments = $$"""{"content":"{{text}}","workflowId":"{{seat.WorkflowId}}","clientMessageId":"{{run}}-{{CallFrame.Digits}}"}""";
        return CallFrame.Create(call, "SendMessage", arguments);
    }

    private AppDbContext OpenDatabase() =>
        Postgres is not null
            ? new PostgresAppDbContext(
                new DbContextOptionsBuilder<PostgresAppDbContext>().UseNpgsql(Postgres).UseSnakeCaseNamingConvention().Options
            )
            : new SqliteAppDbContext(
                new DbContextOptionsBuilder<SqliteAppDbContext>()
                    .UseSqlite($"Data Source={Path.Combine(Node.DataDirectory, "bmadserver.db")};Foreign Keys=True")
                    .UseSnakeCaseNamingConvention()
                    .Options
            );
}
