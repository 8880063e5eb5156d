using System.Net.Http.Json;
using System.Text.Json;
using BmadServer.Testing;
using BmadServer.Testing.History;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace BmadServer.Recovery.Tests.Chaos;

/// <summary>One server process or several on a database of their own, with users. It lives longer than a test: signing up is slow on purpose.</summary>
internal sealed class World : IAsyncDisposable
{
    private static readonly string[] Names = ["sarah", "marco", "wei", "amara", "jonas", "lucia", "tariq", "nina"];

    private readonly string? _connectionString;

    private World(
        DatabaseKind database,
        Nodes nodes,
        KillablePostgres? postgres,
        string? connectionString,
        IReadOnlyList<User> users
    )
    {
        (Database, Nodes, Postgres, Users) = (database, nodes, postgres, users);
        _connectionString = connectionString;
    }

    public DatabaseKind Database { get; }

    public Nodes Nodes { get; }

    /// <summary>The only node, or the first.</summary>
    public ServerNode Server => Nodes.All[0];

    /// <summary>Null with SQLite.</summary>
    public KillablePostgres? Postgres { get; }

    public IReadOnlyList<User> Users { get; }

    /// <param name="settings">Environment variables of the servers, beside or instead of the usual ones.</param>
    /// <param name="nodes">How many servers; several need PostgreSQL and Redis.</param>
    public static async Task<World> StartAsync(
        DatabaseKind database,
        int users,
        IReadOnlyDictionary<string, string>? settings = null,
        int nodes = 1
    )
    {
        var environment = new Dictionary<string, string>
        {
            ["RateLimits__Enabled"] = "false",
            // One person makes the workflows of all rounds.
            ["Limits__OpenWorkflows"] = "1000000",
            // Seconds. Short, so that devices come back within it and after it.
            ["Sessions__RecoveryWindowSeconds"] = "2",
        };
        KillablePostgres? postgres = null;
        if (database == DatabaseKind.Postgres)
        {
            postgres = await KillablePostgres.StartNewAsync();
            environment["ConnectionStrings__bmadserver"] = await postgres.CreateDatabaseAsync();
            environment["Database__MigrateOnStart"] = "true";
        }

        foreach (var (name, value) in settings ?? new Dictionary<string, string>())
        {
            environment[name] = value;
        }

        var connectionString = environment.GetValueOrDefault("ConnectionStrings__bmadserver");
        var servers = await Nodes.StartAsync(nodes, environment);
        var signedUp = new List<User>();
        foreach (var name in Names.Take(users))
        {
            signedUp.Add(await User.SignUpAsync(servers.Url, name));
        }

        return new World(database, servers, postgres, connectionString, signedUp);
    }

    /// <summary>A workflow of the first user with all others in it.</summary>
    public async Task<Guid> CreateWorkflowAsync(string title)
    {
        var owner = Users[0];
        await owner.AccessTokenAsync();
        using var created = await owner.Http.PostAsJsonAsync("/api/v1/workflows", new { title });
        var id = (await created.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetGuid();
        foreach (var other in Users.Skip(1))
        {
            using var added = await owner.Http.PostAsJsonAsync(
                $"/api/v1/workflows/{id}/participants",
                new { email = other.Email, role = "contributor" }
            );
            added.EnsureSuccessStatusCode();
        }

        return id;
    }

    /// <summary>What the server holds of a workflow: the whole log, and what somebody who loads it now gets.</summary>
    public async Task<WorkflowTruth> TruthAsync(Guid workflow)
    {
        var reader = Users[0];
        return await WorkflowTruth.ReadAsync(reader.Http, await reader.AccessTokenAsync(), workflow);
    }

    /// <summary>
    /// While the server is stopped, moves every time in the database back, but those of the audit log, which takes no changes: the server then
    /// finds it as it would find it later.
    /// </summary>
    public async Task AgeAsync(TimeSpan age)
    {
        if (_connectionString is null)
        {
            await using var file = new SqliteConnection($"Data Source={Path.Combine(Server.DataDirectory, "bmadserver.db")};Pooling=False");
            await file.OpenAsync();
            // Microseconds since 1970.
            await AgeAsync(
                file,
                """
                SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c
                WHERE m.type = 'table' AND m.name <> 'audit_entries' AND c.type = 'INTEGER' AND (c.name = 'at' OR c.name LIKE '%\_at' ESCAPE '\' OR c.name = 'lockout_end')
                """,
                $"- {(long)age.TotalMicroseconds}"
            );
            return;
        }

        await using var connection = new NpgsqlConnection(_connectionString);
        await connection.OpenAsync();
        await AgeAsync(
            connection,
            """
            SELECT table_name, column_name FROM information_schema.columns
            WHERE table_schema = 'public' AND table_name <> 'audit_entries' AND data_type LIKE 'timestamp%'
            """,
            $"- interval '{(long)age.TotalSeconds} seconds'"
        );
    }

    public async ValueTask DisposeAsync()
    {
        await Nodes.DisposeAsync();
        if (Postgres is not null)
        {
            await Postgres.DisposeAsync();
        }

        foreach (var user in Users)
        {
            user.Dispose();
        }
    }

    private static async Task AgeAsync(System.Data.Common.DbConnection connection, string findColumns, string difference)
    {
        var columns = new List<(string Table, string Column)>();
        await using (var find = connection.CreateCommand())
        {
            find.CommandText = findColumns;
            await using var reader = await find.ExecuteReaderAsync();
            while (await reader.ReadAsync())
            {
                columns.Add((reader.GetString(0), reader.GetString(1)));
            }
        }

        columns.ShouldContain(("workflow_events", "at"));
        foreach (var (table, column) in columns)
        {
            await using var move = connection.CreateCommand();
#pragma warning disable CA2100 // The names are the schema's own.
            move.CommandText = $"UPDATE {table} SET {column} = {column} {difference}";
#pragma warning restore CA2100
            await move.ExecuteNonQueryAsync();
        }
    }
}
