using BmadServer.Integration.Tests.Support;

namespace BmadServer.Integration.Tests.Chat;

/// <summary>
/// Something happens to a session or its workflow while the session is being restored: after it was found, and before its
/// connection is one that others can reach.
/// </summary>
public sealed class SessionRaceTests(Database database) : ChatTest(database)
{
    [Test]
    public async Task What_is_posted_meanwhile_is_in_the_last_sequence_or_arrives()
    {
        var workflow = await SharedWorkflowAsync((Marco, "contributor"));
        var (client, writer) = (await JoinedAsync(Marco, workflow), await JoinedAsync(Sarah, workflow));

        var restored = await RestoredAsync(client, Marco, () => writer.InvokeAsync("SendMessage", "Meanwhile"));

        await SettleAsync(workflow, writer, restored);
        var told = restored.Session.Items("joinedWorkflows").Single().Number("lastSequence");
        restored.Events(workflow).Sequences().First(sequence => sequence > told).ShouldBe(told + 1);
    }

    [Test]
    public async Task One_who_is_removed_meanwhile_receives_nothing_later()
    {
        var workflow = await SharedWorkflowAsync((Marco, "contributor"));
        var (client, witness) = (await JoinedAsync(Marco, workflow), await JoinedAsync(Sarah, workflow));

        var restored = await RestoredAsync(client, Marco, () => Sarah.RemoveAsync(workflow, Marco));

        await SettleAsync(workflow, witness, restored);
        var removals = restored.Events(workflow).Select(@event => @event.Text("kind")).ToList();
        removals.ShouldAllBe(kind => kind == "participantRemoved");

        // It is told in the one way or the other: the removal may be pushed before the connection is taken in, or after.
        (restored.Session.Items("joinedWorkflows").Length == 0 || removals.Count == 1).ShouldBeTrue();
    }

    [Test]
    public async Task One_who_is_removed_meanwhile_learns_of_it_when_nobody_else_has_the_workflow_open()
    {
        var workflow = await SharedWorkflowAsync((Marco, "contributor"));
        var client = await JoinedAsync(Marco, workflow);

        var restored = await RestoredAsync(client, Marco, () => Sarah.RemoveAsync(workflow, Marco));

        await restored.WaitForAsync(() => restored.Events(workflow).Count > 0);
        await SettleAsync(workflow, await JoinedAsync(Sarah, workflow), restored);
        restored.Events(workflow).ShouldHaveSingleItem().Text("kind").ShouldBe("participantRemoved");
    }

    [Test]
    public async Task A_session_that_is_ended_meanwhile_is_closed()
    {
        var client = await ConnectedAsync(Sarah);

        var restored = await RestoredAsync(client, Sarah, () => Sarah.Http.DeleteAsync($"/api/v1/sessions/{client.SessionId}"));

        (await restored.WaitForAsync("SessionEnded")).GetString().ShouldBe("revoked");
        await restored.Closed;
    }

    [Test]
    public async Task A_session_that_begins_while_its_sign_in_ends_is_closed()
    {
        var user = await SignedInAsync();

        var started = await MeanwhileAsync(() => ConnectedAsync(user), () => user.Http.PostAsync("/api/v1/auth/logout", null));

        (await started.WaitForAsync("SessionEnded")).GetString().ShouldBe("loggedOut");
        await started.Closed;
    }

    [Test]
    public async Task A_slow_attempt_does_not_push_out_the_newer_one_that_overtook_it()
    {
        var workflow = await WorkflowOfAsync(Sarah);
        var client = await JoinedAsync(Sarah, workflow);
        HubClient? newer = null;

        var slow = await RestoredAsync(client, Sarah, async () => newer = await ConnectedAsync(Sarah, client.SessionId));

        (await slow.WaitForAsync("SessionEnded")).GetString().ShouldBe("replaced");
        await slow.Closed;
        await SettleAsync(workflow, newer!);
        newer!.Received("SessionEnded").ShouldBeEmpty();
        slow.Events(workflow).ShouldBeEmpty();
    }

    [Test]
    public async Task Nor_does_it_take_the_place_of_a_newer_one_that_has_closed_again()
    {
        var client = await ConnectedAsync(Sarah);

        var slow = await RestoredAsync(
            client,
            Sarah,
            async () =>
            {
                var newer = await ConnectedAsync(Sarah, client.SessionId);
                await newer.Connection.StopAsync();
                await Sarah.UntilDroppedAsync(client.SessionId);
            }
        );

        (await slow.WaitForAsync("SessionEnded")).GetString().ShouldBe("replaced");
        await slow.Closed;
    }

    private async Task<HubClient> RestoredAsync(HubClient client, TestUser user, Func<Task> meanwhile)
    {
        await client.Connection.StopAsync();
        await user.UntilDroppedAsync(client.SessionId);
        var restored = await MeanwhileAsync(() => ConnectedAsync(user, client.SessionId), meanwhile);
        restored.SessionId.ShouldBe(client.SessionId);
        return restored;
    }

    /// <summary>The server logs the opening at just that moment, and waits until its line is written.</summary>
    private async Task<HubClient> MeanwhileAsync(Func<Task<HubClient>> connect, Func<Task> meanwhile)
    {
        Server.Log.Written = line =>
        {
            if (line.Contains("opened by user", StringComparison.Ordinal))
            {
                Server.Log.Written = null;
                meanwhile().GetAwaiter().GetResult();
            }
        };
        var client = await connect();
        Server.Log.Written.ShouldBeNull();
        return client;
    }
}
