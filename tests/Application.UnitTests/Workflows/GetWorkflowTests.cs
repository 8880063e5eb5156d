using BmadServer.Application.Workflows;
using BmadServer.Domain.Workflows;

namespace BmadServer.Application.UnitTests.Workflows;

public sealed class GetWorkflowTests
{
    private readonly World _world = new();

    [Test]
    public async Task Handle_ShouldShowTheWorkflowAsTheCallerSeesIt()
    {
        var launch = _world.HasWorkflow(ParticipantRole.Observer);
        launch.Participant.Stored(participant => participant.LastReadSequence, 1);

        var view = await _world.SendAsync(new GetWorkflow(launch.Workflow.Id.Value));

        (view.Id, view.Role, view.LastSequence, view.LastReadSequence)
            .ShouldBe((launch.Workflow.Id.Value, ParticipantRole.Observer, launch.Workflow.LastSequence, 1));
        view.Participants.Select(participant => participant.Name).ShouldBe(["Olga", "Mia"]);
    }

    [Test]
    public async Task Handle_WhenPersonal_ShouldSaySo()
    {
        var personal = _world.HasPersonalWorkflow();

        (await _world.SendAsync(new GetWorkflow(personal.Workflow.Id.Value))).Personal.ShouldBeTrue();
    }

    [Test]
    public async Task Handle_WhenAStranger_ShouldNotLearnThatTheWorkflowExists() =>
        await _world.SendAsync(new GetWorkflow(_world.HasWorkflowOfOlgas().Id.Value)).ShouldBeRefusedWithAsync("workflow.not_found");
}
