using System.Net;
using System.Text.Json;
using BmadServer.Domain.Sessions;
using BmadServer.Integration.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace BmadServer.Integration.Tests.Sessions;

public sealed class SessionEndpointTests(Database database) : ServerTest(database)
{
    private TestUser _sarah = null!;
    private TestUser _marco = null!;

    [OneTimeSetUp]
    public async Task SignUpAsync() => (_sarah, _marco) = (await SharedUserAsync(), await SharedUserAsync("Marco"));

    [Test]
    public async Task A_session_is_answered_with_its_fields()
    {
        var client = await ConnectedAsync(_sarah);

        var session = await GetAsync(client.SessionId).ShouldBeAsync(HttpStatusCode.OK);

        session.ShouldHaveFields(
            "id",
            "device",
            "connected",
            "createdAt",
            "lastActivityAt",
            "expiresAt",
            "activeWorkflowId",
            "joinedWorkflows",
            "version"
        );
        session.UuidV7("id").ShouldBe(client.SessionId);
        session.Text("device").ShouldContain("SignalR");
        session.GetProperty("connected").GetBoolean().ShouldBeTrue();
        session.UtcTime("createdAt").ShouldBe(TimeProvider.System.GetUtcNow(), TimeSpan.FromMinutes(1));
        session.UtcTime("expiresAt").ShouldBe(session.UtcTime("lastActivityAt").AddMinutes(30));
        session.GetProperty("activeWorkflowId").ValueKind.ShouldBe(JsonValueKind.Null);
        session.Items("joinedWorkflows").ShouldBeEmpty();
        session.Number("version").ShouldBe(1);
    }

    [Test]
    public async Task A_session_shows_what_it_has_joined_and_how_far_that_has_come()
    {
        var (first, second) = (await WorkflowOfAsync(_sarah), await WorkflowOfAsync(_sarah));
        var client = await ConnectedAsync(_sarah);
        await client.InvokeAsync("JoinWorkflow", first);
        await client.InvokeAsync("JoinWorkflow", second);
        var ack = await client.InvokeAsync("SendMessage", new { content = "Hello", workflowId = first });

        var session = await GetAsync(client.SessionId).ShouldBeAsync(HttpStatusCode.OK);

        session.Text("activeWorkflowId").ShouldBe(second.ToString());
        session
            .Items("joinedWorkflows")
            .Select(joined => joined.ShouldHaveFields("workflowId", "lastSequence"))
            .Select(joined => (joined.UuidV7("workflowId"), joined.Number("lastSequence")))
            .ShouldBe([(first, ack.Number("sequence")), (second, 1L)]);
    }

    [Test]
    public async Task A_session_does_not_show_a_workflow_that_its_user_was_removed_from()
    {
        var workflow = await WorkflowOfAsync(_sarah);
        await AddAsync(_sarah, workflow, _marco);
        var client = await ConnectedAsync(_marco);
        await client.InvokeAsync("JoinWorkflow", workflow);
        await _sarah.Http.DeleteAsync($"/api/v1/workflows/{workflow}/participants/{_marco.Id}").ShouldBeNoContentAsync();

        var session = await _marco.Http.GetAsync($"/api/v1/sessions/{client.SessionId}").ShouldBeAsync(HttpStatusCode.OK);

        session.Items("joinedWorkflows").ShouldBeEmpty();
        session.GetProperty("activeWorkflowId").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Test]
    public async Task A_session_whose_connection_has_dropped_is_kept_and_shown_as_not_connected()
    {
        var client = await ConnectedAsync(_sarah);

        await client.Connection.StopAsync();

        await Eventually.ShouldBeTrueAsync(
            async () =>
                !(await GetAsync(client.SessionId).ShouldBeAsync(HttpStatusCode.OK)).GetProperty("connected").GetBoolean(),
            "the session is shown as not connected"
        );
    }

    [Test]
    public async Task My_sessions_are_listed_newest_first_and_nobody_elses()
    {
        var user = await SignedInAsync();
        await ConnectedAsync(_marco);
        var (older, newer) = (await ConnectedAsync(user), await ConnectedAsync(user));

        var list = await user.Http.GetAsync("/api/v1/sessions").ShouldBeAsync(HttpStatusCode.OK);

        list.ShouldHaveFields("sessions");
        list.Items("sessions").Select(session => session.UuidV7("id")).ShouldBe([newer.SessionId, older.SessionId]);
    }

    [Test]
    public async Task The_list_shows_a_session_as_the_session_itself_does()
    {
        var user = await SignedInAsync();
        var client = await ConnectedAsync(user);
        await client.InvokeAsync("JoinWorkflow", await WorkflowOfAsync(user));

        var list = await user.Http.GetAsync("/api/v1/sessions").ShouldBeAsync(HttpStatusCode.OK);

        var session = await user.Http.GetAsync($"/api/v1/sessions/{client.SessionId}").ShouldBeAsync(HttpStatusCode.OK);
        list.Items("sessions").ShouldHaveSingleItem().GetRawText().ShouldBe(session.GetRawText());
    }

    [Test]
    public async Task Extending_a_session_starts_its_idle_limit_anew()
    {
        var client = await ConnectedAsync(_sarah);
        var before = await GetAsync(client.SessionId).ShouldBeAsync(HttpStatusCode.OK);

        await ExtendAsync(client.SessionId).ShouldBeNoContentAsync();

        var after = await GetAsync(client.SessionId).ShouldBeAsync(HttpStatusCode.OK);
        after.UtcTime("expiresAt").ShouldBeGreaterThan(before.UtcTime("expiresAt"));
        after.Number("version").ShouldBe(before.Number("version") + 1);
    }

    [Test]
    public async Task Simultaneous_extensions_without_a_version_all_succeed()
    {
        var client = await ConnectedAsync(_sarah);

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => ExtendAsync(client.SessionId)));

        answers.ShouldAllBe(answer => answer.StatusCode == HttpStatusCode.NoContent);
    }

    [Test]
    public async Task Of_simultaneous_extensions_of_one_version_exactly_one_succeeds()
    {
        var client = await ConnectedAsync(_sarah);

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => ExtendAsync(client.SessionId, "1")));

        answers.Count(answer => answer.StatusCode == HttpStatusCode.NoContent).ShouldBe(1);
        answers.Count(answer => answer.StatusCode == HttpStatusCode.Conflict).ShouldBe(7);
    }

    [Test]
    public async Task Ending_a_session_closes_its_socket_and_says_why()
    {
        var client = await ConnectedAsync(_sarah);

        await EndAsync(client.SessionId).ShouldBeNoContentAsync();

        await client.Closed;
        client.Received("SessionEnded").ShouldHaveSingleItem().GetString().ShouldBe("revoked");
    }

    [Test]
    public async Task Ending_a_session_leaves_the_users_other_sessions_alone()
    {
        var (ended, kept) = (await ConnectedAsync(_sarah), await ConnectedAsync(_sarah));

        await EndAsync(ended.SessionId).ShouldBeNoContentAsync();

        await ended.Closed;
        await kept.InvokeAsync("SendMessage", "Still here");
    }

    [Test]
    public async Task A_session_that_ended_is_gone()
    {
        var client = await ConnectedAsync(_sarah);
        await EndAsync(client.SessionId).ShouldBeNoContentAsync();

        await GetAsync(client.SessionId).ShouldBeRefusedAsync(HttpStatusCode.Gone, "session.ended");
        await ExtendAsync(client.SessionId).ShouldBeRefusedAsync(HttpStatusCode.Gone, "session.ended");
    }

    [Test]
    public async Task A_session_that_ended_is_no_longer_listed()
    {
        var user = await SignedInAsync();
        var client = await ConnectedAsync(user);
        await user.Http.DeleteAsync($"/api/v1/sessions/{client.SessionId}").ShouldBeNoContentAsync();

        var list = await user.Http.GetAsync("/api/v1/sessions").ShouldBeAsync(HttpStatusCode.OK);

        list.Items("sessions").ShouldBeEmpty();
    }

    [Test]
    public async Task Ending_a_session_again_is_answered_with_204()
    {
        var client = await ConnectedAsync(_sarah);
        await EndAsync(client.SessionId).ShouldBeNoContentAsync();

        await EndAsync(client.SessionId).ShouldBeNoContentAsync();
    }

    [Test]
    public async Task A_session_that_ended_is_kept_with_the_time_and_the_reason()
    {
        var client = await ConnectedAsync(_sarah);
        await EndAsync(client.SessionId).ShouldBeNoContentAsync();
        var id = new SessionId(client.SessionId);

        var stored = await Server.InDatabaseAsync(db => db.Sessions.SingleAsync(session => session.Id == id));

        stored.EndReason.ShouldBe(SessionEndReason.Revoked);
        stored.EndedAt!.Value.ShouldBe(TimeProvider.System.GetUtcNow(), TimeSpan.FromMinutes(1));
    }

    [TestCase("GET", "")]
    [TestCase("POST", "/extend")]
    [TestCase("DELETE", "")]
    public async Task Somebody_elses_session_is_answered_like_one_that_does_not_exist(string method, string suffix)
    {
        var client = await ConnectedAsync(_marco);

        var foreign = await CallAsync(method, $"{client.SessionId}{suffix}")
            .ShouldBeRefusedAsync(HttpStatusCode.NotFound, "session.not_found");

        var unknown = await CallAsync(method, $"{Guid.CreateVersion7(TimeProvider.System.GetUtcNow())}{suffix}")
            .ShouldBeRefusedAsync(HttpStatusCode.NotFound, "session.not_found");
        foreign.Text("detail").ShouldBe(unknown.Text("detail"));
        await client.InvokeAsync("SendMessage", "Still here");
    }

    [TestCase("GET", "")]
    [TestCase("POST", "/extend")]
    [TestCase("DELETE", "")]
    public async Task What_is_no_UUID_is_the_id_of_no_session(string method, string suffix) =>
        await CallAsync(method, $"session-1{suffix}").ShouldBeRefusedAsync(HttpStatusCode.NotFound, "session.not_found");

    [TestCase("1")]
    [TestCase("\"1\"")]
    [TestCase("*")]
    public async Task The_expected_version_lets_a_change_pass(string ifMatch)
    {
        var client = await ConnectedAsync(_sarah);

        await ExtendAsync(client.SessionId, ifMatch).ShouldBeNoContentAsync();
    }

    [TestCase("POST", "/extend")]
    [TestCase("DELETE", "")]
    public async Task Another_version_than_the_expected_one_is_a_conflict_and_changes_nothing(string method, string suffix)
    {
        var client = await ConnectedAsync(_sarah);

        await CallAsync(method, $"{client.SessionId}{suffix}", "\"2\"")
            .ShouldBeRefusedAsync(HttpStatusCode.Conflict, "session.conflict");

        (await GetAsync(client.SessionId).ShouldBeAsync(HttpStatusCode.OK)).Number("version").ShouldBe(1);
    }

    [TestCase("POST", "/extend", "abc")]
    [TestCase("POST", "/extend", "\"\"")]
    [TestCase("POST", "/extend", "99999999999999")]
    [TestCase("DELETE", "", "1.5")]
    [TestCase("DELETE", "", "\"1\", \"2\"")]
    public async Task What_is_no_version_is_refused_with_400(string method, string suffix, string ifMatch)
    {
        var client = await ConnectedAsync(_sarah);

        await CallAsync(method, $"{client.SessionId}{suffix}", ifMatch).ShouldBeInvalidAsync("ifMatch");
    }

    private Task<HttpResponseMessage> GetAsync(Guid id) => _sarah.Http.GetAsync($"/api/v1/sessions/{id}");

    private Task<HttpResponseMessage> ExtendAsync(Guid id, string? ifMatch = null) => CallAsync("POST", $"{id}/extend", ifMatch);

    private Task<HttpResponseMessage> EndAsync(Guid id) => CallAsync("DELETE", $"{id}");

    private async Task<HttpResponseMessage> CallAsync(string method, string path, string? ifMatch = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), $"/api/v1/sessions/{path}");
        if (ifMatch is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        }

        return await _sarah.Http.SendAsync(request);
    }
}
