using System.Net;
using BmadServer.Integration.Tests.Support;

namespace BmadServer.Integration.Tests.Commands;

public sealed class SessionCommandTests(Database database) : CommandTest(database)
{
    [Test]
    public async Task A_users_open_sessions_are_listed()
    {
        var (sarah, marcus) = (await SignedInAsync("Sarah"), await SignedInAsync("Marcus"));
        var client = await ConnectedAsync(sarah);
        await ConnectedAsync(marcus);

        var session = (await DoneAsync("sessions", "list", "--user", sarah.Email)).Items("sessions").ShouldHaveSingleItem();

        session.UuidV7("id").ShouldBe(client.SessionId);
        session.Text("email").ShouldBe(sarah.Email);
        session.GetProperty("connected").GetBoolean().ShouldBeTrue();
    }

    [Test]
    public async Task Everybodys_open_sessions_are_listed()
    {
        var (sarah, marcus) = (await SignedInAsync("Sarah"), await SignedInAsync("Marcus"));
        await ConnectedAsync(sarah);
        await ConnectedAsync(marcus);

        var addresses = (await DoneAsync("sessions", "list")).Items("sessions").Select(session => session.Text("email"));

        new[] { sarah.Email, marcus.Email }.ShouldBeSubsetOf(addresses);
    }

    [Test]
    public async Task A_session_that_is_ended_loses_its_connection_and_others_stay()
    {
        var sarah = await SignedInAsync();
        var (ended, other) = (await ConnectedAsync(sarah), await ConnectedAsync(sarah));

        (await DoneAsync("sessions", "end", $"{ended.SessionId}")).Number("count").ShouldBe(1);

        await ShouldCloseAsync(ended);
        await other.InvokeAsync("SendMessage", "Hello");
    }

    [Test]
    public async Task A_session_that_has_ended_is_none_more_to_end()
    {
        var client = await ConnectedAsync(await SignedInAsync());
        await DoneAsync("sessions", "end", $"{client.SessionId}");

        (await DoneAsync("sessions", "end", $"{client.SessionId}")).Number("count").ShouldBe(0);
    }

    [Test]
    public async Task All_of_a_users_devices_have_to_sign_in_again()
    {
        var sarah = await SignedInAsync();
        var (one, other) = (await ConnectedAsync(sarah), await ConnectedAsync(sarah));

        (await DoneAsync("sessions", "end", "--user", sarah.Email)).Number("count").ShouldBe(2);

        await Task.WhenAll(ShouldCloseAsync(one), ShouldCloseAsync(other));
        await sarah.Http.GetAsync("/api/v1/users/me").ShouldBeRefusedAsync(HttpStatusCode.Unauthorized, "auth.required");
        await sarah.SignInAsync();
    }

    [Test]
    public async Task A_session_that_does_not_exist_is_refused() =>
        (await RunAsync("sessions", "end", $"{Guid.CreateVersion7()}")).ShouldBeRefusedWith("session.not_found");
}
