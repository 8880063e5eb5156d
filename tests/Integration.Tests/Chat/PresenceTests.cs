using System.Text.Json;
using BmadServer.Integration.Tests.Support;

namespace BmadServer.Integration.Tests.Chat;

/// <summary>A user is online in a workflow for as long as at least one of their devices has it open.</summary>
public sealed class PresenceTests(Database database) : ChatTest(database)
{
    private Guid _workflow;
    private HubClient _viewer = null!;

    [SetUp]
    public async Task OpenWorkflowAsync()
    {
        _workflow = await SharedWorkflowAsync((Marco, "contributor"), (Nadia, "contributor"));
        _viewer = await JoinedAsync(Sarah, _workflow);
    }

    [Test]
    public async Task The_first_device_that_opens_the_workflow_brings_its_user_online()
    {
        await JoinedAsync(Marco, _workflow);

        var presence = await _viewer.WaitForAsync("PresenceChanged");
        presence.GetRawText().ShouldBe(Presence(Marco, online: true));
    }

    [Test]
    public async Task To_connect_without_opening_the_workflow_brings_nobody_online()
    {
        await ConnectedAsync(Marco);

        (await SeenAsync()).ShouldBeEmpty();
    }

    [Test]
    public async Task A_second_device_changes_nothing()
    {
        await JoinedAsync(Marco, _workflow);
        await JoinedAsync(Marco, _workflow);

        (await SeenAsync()).ShouldBe([Presence(Marco, online: true)]);
    }

    [Test]
    public async Task A_user_is_online_until_the_last_device_has_closed_the_workflow()
    {
        var (phone, laptop) = (await JoinedAsync(Marco, _workflow), await JoinedAsync(Marco, _workflow));

        await phone.CallAsync("LeaveWorkflow", _workflow);
        (await SeenAsync()).ShouldBe([Presence(Marco, online: true)]);
        await laptop.CallAsync("LeaveWorkflow", _workflow);

        (await SeenAsync()).ShouldBe([Presence(Marco, online: true), Presence(Marco, online: false)]);
    }

    [Test]
    public async Task A_user_is_online_until_the_last_device_has_dropped()
    {
        var (phone, laptop) = (await JoinedAsync(Marco, _workflow), await JoinedAsync(Marco, _workflow));

        await phone.Connection.StopAsync();
        await Marco.UntilDroppedAsync(phone.SessionId);
        (await SeenAsync()).ShouldBe([Presence(Marco, online: true)]);
        await laptop.Connection.StopAsync();

        await _viewer.WaitForAsync("PresenceChanged", presence => !presence.Flag("online"));
        (await SeenAsync()).ShouldBe([Presence(Marco, online: true), Presence(Marco, online: false)]);
    }

    [Test]
    public async Task One_who_is_removed_goes_offline()
    {
        await JoinedAsync(Marco, _workflow);

        await Sarah.RemoveAsync(_workflow, Marco);

        await _viewer.WaitForAsync("PresenceChanged", presence => presence.GetRawText() == Presence(Marco, online: false));
        var snapshot = await _viewer.InvokeAsync("JoinWorkflow", _workflow);
        snapshot.Items("online").Select(user => user.GetGuid()).ShouldBe([Sarah.Id]);
    }

    [Test]
    public async Task Nobody_is_told_of_their_own_presence()
    {
        var second = await JoinedAsync(Sarah, _workflow);
        await second.CallAsync("LeaveWorkflow", _workflow);

        (await SeenAsync()).ShouldBeEmpty();
    }

    [Test]
    public async Task A_restored_session_is_told_who_is_present_and_not_who_went()
    {
        var marco = await JoinedAsync(Marco, _workflow);
        await JoinedAsync(Nadia, _workflow);
        var session = _viewer.SessionId;
        await _viewer.Connection.StopAsync();
        await Sarah.UntilDroppedAsync(session);
        await marco.CallAsync("LeaveWorkflow", _workflow);

        var restored = await ConnectedAsync(Sarah, session);

        await restored.WaitForAsync("PresenceChanged");
        (await SeenAsync(restored)).ShouldBe([Presence(Nadia, online: true)]);
    }

    [Test]
    public async Task One_who_comes_back_with_their_session_is_online_again()
    {
        var marco = await JoinedAsync(Marco, _workflow);
        await marco.Connection.StopAsync();
        await Marco.UntilDroppedAsync(marco.SessionId);

        await ConnectedAsync(Marco, marco.SessionId);

        (await SeenAsync()).ShouldBe([Presence(Marco, online: true), Presence(Marco, online: false), Presence(Marco, online: true)]);
    }

    [Test]
    public async Task Presence_is_not_in_the_log()
    {
        var before = await Sarah.LastSequenceAsync(_workflow);

        await JoinedAsync(Marco, _workflow);
        await _viewer.WaitForAsync("PresenceChanged");

        (await Sarah.LastSequenceAsync(_workflow)).ShouldBe(before);
    }

    private string Presence(TestUser user, bool online) =>
        JsonSerializer.Serialize(
            new
            {
                workflowId = _workflow,
                userId = user.Id,
                name = user.Name,
                online,
            }
        );

    /// <summary>What the viewer was told so far, after a message that it sees: all that was sent before has arrived.</summary>
    private async Task<string[]> SeenAsync(HubClient? viewer = null)
    {
        viewer ??= _viewer;
        var marker = await viewer.InvokeAsync("SendMessage", new { content = "Marker", workflowId = _workflow });
        await viewer.WaitForEventAsync(_workflow, marker.Number("sequence"));
        return viewer.Received("PresenceChanged").Raw();
    }
}
