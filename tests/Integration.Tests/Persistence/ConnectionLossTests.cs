using BmadServer.Infrastructure.Persistence;
using BmadServer.Integration.Tests.Support;
using BmadServer.Testing;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace BmadServer.Integration.Tests.Persistence;

/// <summary>What a connection to PostgreSQL that breaks leaves behind in the provider.</summary>
public sealed class ConnectionLossTests
{
    private TcpProxy _network = null!;
    private PostgresAppDbContext _db = null!;

    [SetUp]
    public async Task StartAsync()
    {
        var database = await SharedPostgres.CreateDatabaseAsync();
        _network = new TcpProxy(new NpgsqlConnectionStringBuilder(database).Port);
        var through = new NpgsqlConnectionStringBuilder(database)
        {
            Host = "127.0.0.1",
            Port = _network.Port,
            MaxPoolSize = 1,
        };
        _db = new PostgresAppDbContext(new DbContextOptionsBuilder<PostgresAppDbContext>().UsePostgres(through.ConnectionString).Options);
    }

    [TearDown]
    public async Task StopAsync()
    {
        await _db.DisposeAsync();
        await _network.DisposeAsync();
    }

    /// <summary>Npgsql prepares a statement when it runs for the second time.</summary>
    [Test]
    public async Task A_statement_that_met_a_broken_connection_runs_on_the_next([Values(1, 2, 3)] int timesBefore)
    {
        for (var i = 0; i < timesBefore; i++)
        {
            await QueryAsync();
        }

        _network.ResetConnections();
        DatabaseErrors.IsUnavailable(await Should.ThrowAsync<Exception>(QueryAsync)).ShouldBeTrue();

        for (var i = 0; i < 3; i++)
        {
            (await QueryAsync()).ShouldBe(1);
        }
    }

    private async Task<int> QueryAsync() => (await _db.Database.SqlQueryRaw<int>("SELECT 1 AS \"Value\"").ToListAsync()).Single();
}
