using System.Net;
using System.Net.Http.Json;
using BmadServer.Application.Common;
using BmadServer.Domain.Common;
using BmadServer.Infrastructure.Auth;
using BmadServer.Integration.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace BmadServer.Integration.Tests.Commands;

public sealed class UserCommandTests(Database database) : CommandTest(database)
{
    [Test]
    public async Task All_accounts_are_listed_with_their_state()
    {
        var (sarah, marcus) = (await SignedInAsync("Sarah"), await SignedInAsync("Marcus"));
        await ConnectedAsync(sarah);
        await DoneAsync("users", "disable", marcus.Email);

        var users = (await DoneAsync("users", "list")).Items("users");

        var first = users.Single(user => user.UuidV7("id") == sarah.Id);
        first.Text("email").ShouldBe(sarah.Email);
        first.Text("displayName").ShouldBe("Sarah");
        first.Number("openSessions").ShouldBe(1);
        first.GetProperty("disabledAt").GetString().ShouldBeNull();
        users.Single(user => user.UuidV7("id") == marcus.Id).GetProperty("disabledAt").GetString().ShouldNotBeNull();
    }

    [Test]
    public async Task A_user_who_is_disabled_loses_connections_and_tokens_and_cannot_sign_in()
    {
        var sarah = await SignedInAsync();
        var client = await ConnectedAsync(sarah);

        var changed = await DoneAsync("users", "disable", sarah.Email);

        await ShouldCloseAsync(client);
        changed.Number("endedSessions").ShouldBe(1);
        await sarah.Http.GetAsync("/api/v1/users/me").ShouldBeRefusedAsync(HttpStatusCode.Unauthorized, "auth.required");
        await sarah
            .Http.PostCookieAsync("/api/v1/auth/refresh", sarah.RefreshCookie)
            .ShouldBeRefusedAsync(HttpStatusCode.Unauthorized, "auth.refresh_invalid");
        await SignInAsync(sarah, TestUser.Password).ShouldBeRefusedAsync(HttpStatusCode.Unauthorized, "auth.invalid_credentials");
    }

    [Test]
    public async Task A_user_who_is_disabled_by_id_does_not_take_others_along()
    {
        var (sarah, marcus) = (await SignedInAsync("Sarah"), await SignedInAsync("Marcus"));

        await DoneAsync("users", "disable", $"{sarah.Id}");

        await marcus.Http.GetAsync("/api/v1/users/me").ShouldBeAsync(HttpStatusCode.OK);
    }

    [Test]
    public async Task A_user_who_is_enabled_again_can_sign_in_and_what_was_ended_stays_ended()
    {
        var sarah = await SignedInAsync();
        await DoneAsync("users", "disable", sarah.Email);

        await DoneAsync("users", "enable", sarah.Email.ToUpperInvariant());

        await sarah.Http.GetAsync("/api/v1/users/me").ShouldBeRefusedAsync(HttpStatusCode.Unauthorized, "auth.required");
        await SignInAsync(sarah, TestUser.Password).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Test]
    public async Task An_account_that_is_locked_out_is_enabled_again()
    {
        var sarah = await SignedInAsync();
        for (var i = 0; i < 5; i++)
        {
            (await SignInAsync(sarah, "wrong password")).Dispose();
        }

        (await DoneAsync("users", "list"))
            .Items("users")
            .Single(user => user.UuidV7("id") == sarah.Id)
            .GetProperty("lockedUntil")
            .GetString()
            .ShouldNotBeNull();

        await DoneAsync("users", "enable", sarah.Email);

        await SignInAsync(sarah, TestUser.Password).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Test]
    public async Task A_random_password_is_the_only_one_from_then_on_and_ends_all_sessions()
    {
        var sarah = await SignedInAsync();
        var client = await ConnectedAsync(sarah);

        var reset = await DoneAsync("users", "reset-password", sarah.Email);

        await ShouldCloseAsync(client);
        var password = reset.Text("newPassword");
        password.Length.ShouldBe(20);
        await sarah.Http.GetAsync("/api/v1/users/me").ShouldBeRefusedAsync(HttpStatusCode.Unauthorized, "auth.required");
        await SignInAsync(sarah, TestUser.Password).ShouldBeRefusedAsync(HttpStatusCode.Unauthorized, "auth.invalid_credentials");
        await SignInAsync(sarah, password).ShouldBeAsync(HttpStatusCode.OK);
    }

    [Test]
    public async Task A_new_password_from_the_operator_forgets_all_places_also_that_of_no_address()
    {
        var sarah = await SignedInAsync();
        await Server.InDatabaseAsync(db =>
        {
            var until = TimeProvider.System.Now().AddMinutes(5);
            db.KnownOrigins.Add(new KnownOrigin { UserId = sarah.Id, Origin = ClientNetwork.Of(null), LockedUntil = until });
            return db.SaveChangesAsync();
        });

        await DoneAsync("users", "reset-password", sarah.Email);

        (await Server.InDatabaseAsync(db => db.KnownOrigins.CountAsync(known => known.UserId == sarah.Id))).ShouldBe(0);
    }

    [Test]
    public async Task A_password_from_standard_input_is_written_nowhere()
    {
        const string password = "a passphrase, as typed";
        var sarah = await SignedInAsync();

        var ended = await RunWithAsync($"{password}\n", "users", "reset-password", sarah.Email, "--password-stdin");

        ended.ShouldBeDone().GetProperty("newPassword").GetString().ShouldBeNull();
        $"{ended.Output}{ended.Error}".ShouldNotContain(password);
        await SignInAsync(sarah, password).ShouldBeAsync(HttpStatusCode.OK);
    }

    [TestCase("")]
    [TestCase("short\n")]
    [TestCase("Password123\n")]
    [TestCase("Sarah2026\n")]
    public async Task A_password_that_is_none_is_refused_and_changes_nothing(string input)
    {
        var sarah = await SignedInAsync();

        var ended = await RunWithAsync(input, "users", "reset-password", sarah.Email, "--password-stdin");

        ended.ShouldBeRefusedWith("validation.failed").ShouldContain("Password");
        await sarah.Http.GetAsync("/api/v1/users/me").ShouldBeAsync(HttpStatusCode.OK);
    }

    [TestCase("disable")]
    [TestCase("enable")]
    [TestCase("reset-password")]
    public async Task A_user_who_does_not_exist_is_refused(string command) =>
        (await RunAsync("users", command, "nobody@example.com")).ShouldBeRefusedWith("user.not_found");

    private static Task<HttpResponseMessage> SignInAsync(TestUser user, string password) =>
        user.Http.PostAsJsonAsync("/api/v1/auth/login", new { email = user.Email, password });
}
