using System.Text.Json;
using BmadServer.Integration.Tests.Support;

namespace BmadServer.Integration.Tests.Chat;

public sealed class TypingTests(Database database) : ChatTest(database)
{
    private Guid _workflow;
    private HubClient _typist = null!;
    private HubClient _other = null!;

    [SetUp]
    public async Task OpenWorkflowAsync()
    {
        _workflow = await SharedWorkflowAsync((Marco, "contributor"), (Nadia, "observer"));
        (_typist, _other) = (await JoinedAsync(Sarah, _workflow), await JoinedAsync(Marco, _workflow));
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task The_others_see_whether_somebody_is_typing(bool isTyping)
    {
        await _typist.CallAsync("SetTyping", _workflow, isTyping);

        var typing = await _other.WaitForAsync("TypingChanged");
        var expected = JsonSerializer.Serialize(
            new
            {
                workflowId = _workflow,
                userId = Sarah.Id,
                name = "Sarah",
                isTyping,
            }
        );
        typing.GetRawText().ShouldBe(expected);
    }

    [Test]
    public async Task An_observer_sees_who_is_typing()
    {
        var observer = await JoinedAsync(Nadia, _workflow);

        await _typist.CallAsync("SetTyping", _workflow, true);

        (await observer.WaitForAsync("TypingChanged")).Id("userId").ShouldBe(Sarah.Id);
    }

    [Test]
    public async Task The_typist_is_not_told_on_any_device()
    {
        var secondDevice = await JoinedAsync(Sarah, _workflow);

        await _typist.CallAsync("SetTyping", _workflow, true);
        await _other.WaitForAsync("TypingChanged");

        await MarkAsync(_typist, secondDevice);
        _typist.Received("TypingChanged").ShouldBeEmpty();
        secondDevice.Received("TypingChanged").ShouldBeEmpty();
    }

    [Test]
    public async Task One_who_has_not_the_workflow_open_is_not_told()
    {
        var elsewhere = await WorkflowOfAsync(Marco);
        var reader = await JoinedAsync(Marco, elsewhere);

        await _typist.CallAsync("SetTyping", _workflow, true);
        await _other.WaitForAsync("TypingChanged");

        var marker = await reader.InvokeAsync("SendMessage", "Marker");
        await reader.WaitForEventAsync(elsewhere, marker.Number("sequence"));
        reader.Received("TypingChanged").ShouldBeEmpty();
    }

    [Test]
    public async Task Typing_is_not_in_the_log()
    {
        var before = await Sarah.LastSequenceAsync(_workflow);

        await _typist.CallAsync("SetTyping", _workflow, true);
        await _other.WaitForAsync("TypingChanged");

        (await Sarah.LogAsync(_workflow)).Count.ShouldBe((int)before);
        (await Sarah.LastSequenceAsync(_workflow)).ShouldBe(before);
    }

    [Test]
    public async Task An_observer_may_not_type()
    {
        var observer = await JoinedAsync(Nadia, _workflow);

        var refusal = await RefusalAsync(() => observer.CallAsync("SetTyping", _workflow, true));

        refusal.ShouldBe("workflow.read_only: An observer may read but not write.");
        await MarkAsync(_other);
        _other.Received("TypingChanged").ShouldBeEmpty();
    }

    /// <summary>A message that these see: what was sent before it has arrived, or never will.</summary>
    private async Task MarkAsync(params HubClient[] readers)
    {
        var marker = await _typist.InvokeAsync("SendMessage", "Marker");
        foreach (var reader in readers)
        {
            await reader.WaitForEventAsync(_workflow, marker.Number("sequence"));
        }
    }
}
