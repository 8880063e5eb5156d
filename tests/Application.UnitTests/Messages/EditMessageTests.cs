using BmadServer.Application.Messages;
using BmadServer.Domain.Workflows;

namespace BmadServer.Application.UnitTests.Messages;

public sealed class EditMessageTests
{
    private readonly World _world = new();
    private readonly Membership _launch;
    private readonly Message _message;

    public EditMessageTests()
    {
        _launch = _world.HasWorkflow();
        _message = _world.HasMessage(_launch, "Helo", "key-1");
        _world.Time.Advance(TimeSpan.FromMinutes(1));
        _world.ReceivedAt = _world.Now.AddMilliseconds(-2);
    }

    [Test]
    public async Task Handle_ShouldAcknowledgeTheEditAndNotThePost()
    {
        var ack = await _world.SendAsync(Edit("Hello"));

        ack.ShouldBe(
            new Ack(
                _launch.Workflow.Id.Value,
                _message.Id.Value,
                _launch.Workflow.LastSequence,
                "key-1",
                _world.ReceivedAt,
                _world.Now,
                Duplicate: false
            )
        );
    }

    [Test]
    public async Task Handle_WhenRepeated_ShouldGiveTheFirstAckMarkedAsDuplicate()
    {
        var first = await _world.SendAsync(Edit("Hello"));
        _world.Time.Advance(TimeSpan.FromMinutes(1));
        _world.ReceivedAt = _world.Now;

        (await _world.SendAsync(Edit("Hello"))).ShouldBe(first with { Duplicate = true });
    }

    [Test]
    public async Task Handle_ShouldMakeTheWorkflowsOtherWritersWait()
    {
        await _world.SendAsync(Edit("Hello"));

        _world.UnitOfWork.CommittedIn.ShouldBe(_launch.Workflow.Id);
    }

    [Test]
    public async Task Handle_WhenTheMessageIsOfAnotherWorkflow_ShouldNotFindIt()
    {
        var elsewhere = _world.HasMessage(_world.HasWorkflow());

        await _world.SendAsync(Edit("Hello", elsewhere)).ShouldBeRefusedWithAsync("message.not_found");
    }

    [Test]
    public async Task Handle_WhenSomebodyElsesMessage_ShouldRefuse()
    {
        var olga = new Membership(_launch.Workflow, _world.HasParticipant(_launch, _world.Olga));

        await _world.SendAsync(Edit("Not my words", _world.HasMessage(olga))).ShouldBeRefusedWithAsync("message.forbidden");
    }

    [Test]
    public async Task Handle_WhenAStranger_ShouldNotLearnThatTheWorkflowExists()
    {
        var secret = _world.HasWorkflowOfOlgas();

        await _world
            .SendAsync(new EditMessage(secret.Id.Value, _message.Id.Value, "Hello"))
            .ShouldBeRefusedWithAsync("workflow.not_found");
    }

    [Test]
    public async Task Validate_WhenTheTextIsEmptyOrTooLong_ShouldRefuseContent()
    {
        await _world.SendAsync(Edit(" ")).ShouldBeInvalidInAsync("content");
        await _world.SendAsync(Edit(new string('x', 16_001))).ShouldBeInvalidInAsync("content");
    }

    private EditMessage Edit(string content, Message? message = null) =>
        new(_launch.Workflow.Id.Value, (message ?? _message).Id.Value, content);
}
