using System.Net.Http.Json;
using System.Runtime.Versioning;
using System.Text.Json;
using BmadServer.Application.Sessions;
using BmadServer.Integration.Tests.Support;
using BmadServer.Testing;
using MediatR;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using static BmadServer.Integration.Tests.Chat.RestReads;

namespace BmadServer.Integration.Tests.Commands;

/// <summary>Moving from SQLite to PostgreSQL.</summary>
public sealed class ImportCommandTests
{
    private const string HardText = "Grüße, 世界 👩‍🚀\r\n\ttab, \"quotes\", \\, 'and', NULL, %s";

    private TestServer _source = null!;
    private TestUser _sarah = null!;
    private Guid _workflow;
    private string _target = null!;

    private string SourceFile => Path.Combine(_source.DataDirectory, "bmadserver.db");

    /// <summary>A server that has seen all kinds of events, and is stopped.</summary>
    [SetUp]
    public async Task SeedAsync()
    {
        _source = await TestServer.StartAsync(Database.Sqlite);
        _sarah = await TestUser.SignUpAsync(_source.Url, "Sarah");
        await using var marcus = await TestUser.SignUpAsync(_source.Url, "Marcus");
        _workflow = (await (await _sarah.Http.PostAsJsonAsync("/api/v1/workflows", new { title = "Launch" })).Content.ReadFromJsonAsync<JsonElement>()).UuidV7("id");
        await _sarah.Http.PostAsJsonAsync($"/api/v1/workflows/{_workflow}/participants", new { email = marcus.Email, role = "contributor" });
        await using (var client = await HubClient.ConnectAsync(_source.Url, _sarah.AccessToken))
        {
            await client.InvokeAsync("JoinWorkflow", _workflow);
            var first = await client.InvokeAsync("SendMessage", new { content = HardText, clientMessageId = "key-1" });
            var second = await client.InvokeAsync("SendMessage", new { content = "To be edited", replyTo = first.UuidV7("messageId") });
            await client.InvokeAsync("EditMessage", _workflow, second.UuidV7("messageId"), "Edited");
            var third = await client.InvokeAsync("SendMessage", "To be deleted");
            await client.InvokeAsync("DeleteMessage", _workflow, third.UuidV7("messageId"));
            await client.CallAsync("MarkRead", _workflow, 4);
        }

        await _sarah.Http.PatchAsJsonAsync($"/api/v1/workflows/{_workflow}", new { title = "Launched", status = "paused" });
        await _sarah.Http.DeleteAsync($"/api/v1/workflows/{_workflow}/participants/{marcus.Id}");
        _target = await SharedPostgres.CreateDatabaseAsync();
    }

    [TearDown]
    public async Task DeleteAsync()
    {
        await _sarah.DisposeAsync();
        await _source.DisposeAsync();
    }

    [Test]
    public async Task All_is_there_as_it_was_and_everybody_is_still_signed_in()
    {
        var (log, messages) = (await _sarah.LogAsync(_workflow), await _sarah.MessagesAsync(_workflow));
        var list = await _sarah.GetAsync("workflows");
        await _source.StopAsync();
        await MigrateAsync();

        var report = (await ImportAsync()).ShouldBeDone();

        report.Items("tables").ShouldContain(table => table.Text("name") == "workflow_events" && table.Number("rows") == log.Count + 2);
        await using var server = await TestServer.StartAsync(
            Database.Postgres,
            new Dictionary<string, string> { ["ConnectionStrings:bmadserver"] = _target, ["Data:Directory"] = _source.DataDirectory }
        );
        using var http = TestUser.Client(server.Url);
        http.DefaultRequestHeaders.Authorization = _sarah.Http.DefaultRequestHeaders.Authorization;
        (await http.GetStringAsync($"/api/v1/workflows/{_workflow}/events")).ShouldContain("世界");
        Raw((await GetAsync("events")).Items("events")).ShouldBe(Raw(log));
        Raw((await GetAsync("messages")).Items("messages")).ShouldBe(Raw(messages));
        (await http.GetFromJsonAsync<JsonElement>("/api/v1/workflows")).GetRawText().ShouldBe(list.GetRawText());
        (await http.PostAsJsonAsync("/api/v1/auth/login", new { email = _sarah.Email, password = TestUser.Password })).EnsureSuccessStatusCode();
        await using var client = await HubClient.ConnectAsync(server.Url, _sarah.AccessToken);
        var repeat = await client.InvokeAsync("SendMessage", new { content = HardText, workflowId = _workflow, clientMessageId = "key-1" });
        (repeat.GetProperty("duplicate").GetBoolean(), repeat.Number("sequence")).ShouldBe((true, 3L));

        async Task<JsonElement> GetAsync(string what) => await http.GetFromJsonAsync<JsonElement>($"/api/v1/workflows/{_workflow}/{what}");
    }

    [Test]
    public async Task A_target_that_is_not_empty_is_refused()
    {
        await _source.StopAsync();
        await MigrateAsync();
        (await ImportAsync()).ShouldBeDone();

        (await ImportAsync()).ShouldBeRefusedWith("import.not_empty");
    }

    [Test]
    public async Task A_source_that_a_server_works_on_is_refused()
    {
        await MigrateAsync();

        var import = ImportAsync();
        // A server does this every few seconds, or later where the machine is busy.
        while (await Task.WhenAny(import, Task.Delay(TimeSpan.FromSeconds(0.5))) != import)
        {
            await using var scope = _source.Services.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<IMediator>().Send(new SweepSessions());
        }

        (await import).ShouldBeRefusedWith("import.in_use");
    }

    [Test]
    public async Task A_source_with_an_older_schema_is_refused()
    {
        await _source.StopAsync();
        await MigrateAsync();
        await using (var connection = new SqliteConnection($"Data Source={SourceFile};Pooling=False"))
        {
            await connection.OpenAsync();
            await using var command = connection.CreateCommand();
            command.CommandText = "DELETE FROM __EFMigrationsHistory WHERE rowid = (SELECT max(rowid) FROM __EFMigrationsHistory)";
            await command.ExecuteNonQueryAsync();
        }

        (await ImportAsync()).ShouldBeRefusedWith("import.schema").ShouldContain("source");
    }

    [Test]
    public async Task A_target_without_its_schema_is_refused()
    {
        await _source.StopAsync();

        (await ImportAsync()).ShouldBeRefusedWith("import.schema").ShouldContain("target");
    }

    [Test]
    public async Task A_row_that_does_not_arrive_as_it_was_is_found_and_nothing_is_imported()
    {
        await _source.StopAsync();
        await MigrateAsync();
        await SqlAsync(
            """
            CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.content := upper(NEW.content); RETURN NEW; END $$;
            CREATE TRIGGER spoil BEFORE INSERT ON messages FOR EACH ROW WHEN (NEW.content = 'Edited') EXECUTE FUNCTION spoil();
            """
        );

        (await ImportAsync()).ShouldBeRefusedWith("import.different").ShouldContain("messages");

        (await SqlAsync("SELECT count(*) FROM users")).ShouldBe(0L);
    }

    [Test]
    public async Task A_row_that_does_not_arrive_at_all_is_found()
    {
        await _source.StopAsync();
        await MigrateAsync();
        await SqlAsync(
            """
            CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
            CREATE TRIGGER lose BEFORE INSERT ON messages FOR EACH ROW WHEN (NEW.content = 'Edited') EXECUTE FUNCTION lose();
            """
        );

        (await ImportAsync()).ShouldBeRefusedWith("import.different").ShouldContain("messages");
    }

    [TestCase(true)]
    [TestCase(false)]
    [UnsupportedOSPlatform("windows")]
    public async Task An_import_that_is_interrupted_or_killed_half_way_leaves_nothing_behind(bool isKilled)
    {
        await _source.StopAsync();
        await MigrateAsync();
        await SqlAsync(
            """
            CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_advisory_xact_lock(1); RETURN NEW; END $$;
            CREATE TRIGGER wait BEFORE INSERT ON messages FOR EACH ROW EXECUTE FUNCTION wait();
            """
        );
        await using var holder = new NpgsqlConnection(_target);
        await holder.OpenAsync();
        await using (var hold = new NpgsqlCommand("SELECT pg_advisory_lock(1)", holder))
        {
            await hold.ExecuteNonQueryAsync();
        }

        var ended = await ServerProcess.RunAsync(Environment(), "", ImportArguments(SourceFile), InterruptAsync);

        if (!isKilled)
        {
            ended.ShouldBeRefusedWith("command.interrupted");
        }

        await using (var release = new NpgsqlCommand("SELECT pg_advisory_unlock(1)", holder))
        {
            await release.ExecuteNonQueryAsync();
        }

        await Eventually.ShouldBeTrueAsync(async () => !await IsWaitingAsync(), "PostgreSQL has noticed");
        (await SqlAsync("SELECT count(*) FROM users")).ShouldBe(0L);
        await SqlAsync("DROP TRIGGER wait ON messages");
        (await ImportAsync()).ShouldBeDone();

        async Task InterruptAsync(int process)
        {
            await Eventually.ShouldBeTrueAsync(IsWaitingAsync, "the import is half way");
            // Not SIGINT: what a shell starts in the background ignores it.
            Signal.Send(process, isKilled ? Signal.Kill : Signal.Terminate);
        }

        async Task<bool> IsWaitingAsync() =>
            await SqlAsync(
                """
                SELECT EXISTS (
                    SELECT FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
                    WHERE datname = current_database() AND locktype = 'advisory' AND NOT granted
                )
                """
            ) is true;
    }

    [Test]
    public async Task A_file_that_is_missing_or_no_database_is_refused()
    {
        await MigrateAsync();
        var noDatabase = Path.Combine(_source.DataDirectory, "notes.txt");
        await File.WriteAllTextAsync(noDatabase, new string('x', 5000));

        (await ImportAsync($"{SourceFile}.none")).ShouldBeRefusedWith("import.source");
        (await ImportAsync(noDatabase)).ShouldBeRefusedWith("import.failed");
    }

    [Test]
    public async Task Another_embedded_database_is_no_target()
    {
        var environment = new Dictionary<string, string> { ["Data__Directory"] = _source.DataDirectory };

        var ended = await ServerProcess.RunAsync(environment, "import", "--from", $"sqlite:{SourceFile}", "--json");

        ended.ShouldBeRefusedWith("import.target");
    }

    private static string[] Raw(IEnumerable<JsonElement> items) => [.. items.Select(item => item.GetRawText())];

    private Dictionary<string, string> Environment() =>
        new() { ["Data__Directory"] = _source.DataDirectory, ["ConnectionStrings__bmadserver"] = _target };

    private async Task MigrateAsync() => (await ServerProcess.RunAsync(Environment(), "migrate", "--json")).ShouldBeDone();

    private Task<ServerProcess.Ended> ImportAsync(string? file = null) =>
        ServerProcess.RunAsync(Environment(), "", ImportArguments(file ?? SourceFile));

    private static string[] ImportArguments(string file) => ["import", "--from", $"sqlite:{file}", "--json"];

    private async Task<object?> SqlAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(_target);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}
