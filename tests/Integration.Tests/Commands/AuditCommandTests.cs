using System.Net.Http.Json;
using BmadServer.Integration.Tests.Support;

namespace BmadServer.Integration.Tests.Commands;

public sealed class AuditCommandTests(Database database) : CommandTest(database)
{
    [Test]
    public async Task The_newest_come_first_with_names_and_what_the_operator_does_is_among_them()
    {
        var sarah = await SignedInAsync();
        await DoneAsync("users", "disable", sarah.Email);
        await DoneAsync("users", "enable", sarah.Email);
        await DoneAsync("users", "reset-password", sarah.Email);
        await DoneAsync("sessions", "end", "--user", sarah.Email);

        var list = await DoneAsync("audit", "list", "--user", sarah.Email);

        list.GetProperty("hasMore").GetBoolean().ShouldBeFalse();
        var entries = list.Items("entries");
        entries
            .Select(entry => entry.Text("what"))
            .ShouldBe(["sessionsEnded", "passwordReset", "userEnabled", "userDisabled", "signedIn", "registered"]);
        var (byOperator, byHerself) = (entries[0], entries[^2]);
        byOperator.Text("userEmail").ShouldBe(sarah.Email);
        byOperator.GetProperty("actorId").GetString().ShouldBeNull();
        byOperator.GetProperty("address").GetString().ShouldBeNull();
        byHerself.Text("actorEmail").ShouldBe(sarah.Email);
        byHerself.Text("address").ShouldBe("127.0.0.1");
        byHerself.Text("outcome").ShouldBe("succeeded");
    }

    [Test]
    public async Task It_can_be_asked_for_one_event_since_when_and_how_many()
    {
        var sarah = await SignedInAsync();
        for (var i = 0; i < 2; i++)
        {
            using var http = TestUser.Client(Server.Url);
            (await http.PostAsJsonAsync("/api/v1/auth/login", new { email = sarah.Email, password = "wrong password" })).Dispose();
        }

        var failed = await DoneAsync("audit", "list", "--user", $"{sarah.Id}", "--what", "signInFailed", "--since", "1h", "--limit", "1");
        var tomorrow = await DoneAsync("audit", "list", "--since", $"{TimeProvider.System.GetUtcNow().AddDays(1):O}");

        failed.Items("entries").ShouldHaveSingleItem().Text("what").ShouldBe("signInFailed");
        failed.GetProperty("hasMore").GetBoolean().ShouldBeTrue();
        tomorrow.Items("entries").ShouldBeEmpty();
    }

    [Test]
    public async Task An_event_that_there_is_not_is_refused() =>
        (await RunAsync("audit", "list", "--what", "everything")).ShouldBeRefusedWith("validation.failed").ShouldContain("signInFailed");
}
