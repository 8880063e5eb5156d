using System.Linq.Expressions;
using BmadServer.Application.Common;
using BmadServer.Application.Messages;
using BmadServer.Domain.Users;
using BmadServer.Domain.Workflows;

namespace BmadServer.Application.UnitTests.Messages;

public sealed class PostTogetherTests
{
    private readonly World _world = new();
    private readonly Membership _launch;

    public PostTogetherTests() => _launch = _world.HasWorkflow();

    [Test]
    public async Task Handle_ShouldPostInOrder()
    {
        var first = _launch.Workflow.LastSequence + 1;

        var outcomes = await PostAsync(By(_world.Me, "One"), By(_world.Me, "Two"), By(_world.Me, "Three"));

        outcomes.Select(outcome => outcome.Ack!.Sequence).ShouldBe([first, first + 1, first + 2]);
        _world.Posted.Select(message => message.Content).ShouldBe(["One", "Two", "Three"]);
        _world.UnitOfWork.Commits.ShouldBe(1);
    }

    [Test]
    public async Task Handle_WhenOneIsRefused_ShouldPostTheOthersWithoutAGap()
    {
        var first = _launch.Workflow.LastSequence + 1;

        var outcomes = await PostAsync(
            By(_world.Me, "One"),
            By(_world.Olga, "From a stranger"),
            By(_world.Me, "To nothing", replyTo: MessageId.New(Given.Now)),
            By(_world.Me, "Two")
        );

        outcomes.Select(outcome => outcome.Ack?.Sequence).ShouldBe([first, null, null, first + 1]);
        outcomes
            .Select(outcome => outcome.Refusal?.Code)
            .ShouldBe([null, "workflow.not_found", "message.not_found", null]);
    }

    [Test]
    public async Task Handle_WhenASendAndItsRepeatMeet_ShouldPostItOnce()
    {
        var outcomes = await PostAsync(By(_world.Me, "Hello", "key"), By(_world.Me, "Hello", "key"));

        _world.Posted.ShouldHaveSingleItem();
        outcomes.Select(outcome => outcome.Ack!.Duplicate).ShouldBe([false, true]);
        outcomes[1].Ack!.MessageId.ShouldBe(outcomes[0].Ack!.MessageId);
    }

    [Test]
    public async Task Handle_WhenTwoSendsMeetUnderOneKey_ShouldRefuseTheSecond()
    {
        var outcomes = await PostAsync(By(_world.Me, "Hello", "key"), By(_world.Me, "Goodbye", "key"));

        outcomes[0].Ack.ShouldNotBeNull();
        outcomes[1].Refusal!.Code.ShouldBe("message.idempotency_conflict");
    }

    [Test]
    public async Task Handle_WhenTwoPeopleUseTheSameKey_ShouldPostBoth()
    {
        _world.HasParticipant(_launch, _world.Olga);

        var outcomes = await PostAsync(By(_world.Me, "Hello", "key"), By(_world.Olga, "Hello", "key"));

        outcomes.ShouldAllBe(outcome => !outcome.Ack!.Duplicate);
        _world.Posted.Count.ShouldBe(2);
    }

    [Test]
    public async Task Handle_WhenARepeatIsAmongThem_ShouldAcknowledgeItAgainAndPostTheOthers()
    {
        var first = _world.HasMessage(_launch, "Hello", "key");

        var outcomes = await PostAsync(By(_world.Me, "One"), By(_world.Me, "Hello", "key"), By(_world.Me, "Two"));

        outcomes.Select(outcome => outcome.Ack!.Duplicate).ShouldBe([false, true, false]);
        outcomes[1].Ack!.Sequence.ShouldBe(first.Sequence);
        outcomes[2].Ack!.Sequence.ShouldBe(outcomes[0].Ack!.Sequence + 1);
    }

    [Test]
    public async Task Handle_WhenOneOfManyFindsItsKeyTakenAgain_ShouldFailForItsCallerToTryEachAlone()
    {
        for (var attempt = 0; attempt < 3; attempt++)
        {
            _world.UnitOfWork.FindsKeyTaken();
        }

        await PostAsync(By(_world.Me, "One", "key"), By(_world.Me, "Two")).ShouldThrowAsync<DuplicateKeyException>();
    }

    [Test]
    public async Task Handle_WhenNothingIsRefused_ShouldLockNothing()
    {
        await PostAsync(By(_world.Me, "One"), By(_world.Me, "Two"));

        _world.Workflows.Verify(Locks, Times.Never);
    }

    [Test]
    public async Task Handle_WhenSomethingHappenedSinceTheWorkflowWasKnown_ShouldPostToItAsItIs()
    {
        var first = _launch.Workflow.LastSequence + 1;
        _world.UnitOfWork.LosesRaces(times: 1, meanwhile: () => _launch.Workflow.Rename(_launch.Participant, "Renamed", Given.Now));

        var outcomes = await PostAsync(By(_world.Me, "One"), By(_world.Me, "Two"));

        outcomes.Select(outcome => outcome.Ack!.Sequence).ShouldBe([first + 1, first + 2]);
        _world.Posted.Select(message => message.Sequence).ShouldBe([first + 1, first + 2]);
        _world.Workflows.Verify(Locks, Times.Once);
    }

    [Test]
    public async Task Handle_WhenRefusedForWhatWasKnown_ShouldAskWhatIs()
    {
        var known = Given.Copy(_launch.Workflow);
        known.ChangeStatus(_launch.Participant, WorkflowStatus.Completed, Given.Now);
        _world
            .Workflows.Setup(port =>
                port.FindForPostingAsync(It.IsAny<IReadOnlyCollection<(WorkflowId, UserId)>>(), It.IsAny<CancellationToken>())
            )
            .ReturnsAsync(
                new Dictionary<(WorkflowId, UserId), Membership> { [(known.Id, _world.Me.Id)] = new(known, _launch.Participant) }
            );

        var outcomes = await PostAsync(By(_world.Me, "One"));

        outcomes.ShouldHaveSingleItem().Ack!.Sequence.ShouldBe(_launch.Workflow.LastSequence + 1);
    }

    [Test]
    public async Task Handle_WhenAnotherNodeStoresTheSameSendMeanwhile_ShouldAcknowledgeThatOne()
    {
        Message? first = null;
        _world.UnitOfWork.FindsKeyTaken();
        _world.UnitOfWork.FindsKeyTaken(meanwhile: () => first = _world.HasMessage(_launch, "Hello", "key"));

        var outcomes = await PostAsync(By(_world.Me, "Hello", "key"));

        var ack = outcomes.ShouldHaveSingleItem().Ack!;
        (ack.MessageId, ack.Duplicate).ShouldBe((first!.Id.Value, true));
    }

    [Test]
    public async Task Handle_WhenRepeatsCameLately_ShouldLookForThemFirst()
    {
        _world.HasMessage(_launch, "Hello", "key");
        await PostAsync(By(_world.Me, "Hello", "key"));

        await PostAsync(By(_world.Me, "Hello", "key"));
        _world.UnitOfWork.Attempts.ShouldBe(3);

        _world.Time.Advance(TimeSpan.FromSeconds(2));
        await PostAsync(By(_world.Me, "Hello", "key"));
        _world.UnitOfWork.Attempts.ShouldBe(5);
    }

    private static Expression<Action<IWorkflowRepository>> Locks =>
        port => port.FindForUpdateAsync(It.IsAny<IReadOnlyCollection<(WorkflowId, UserId)>>(), It.IsAny<CancellationToken>());

    private Task<IReadOnlyList<PostOutcome>> PostAsync(params Post[] posts) => _world.SendAsync(new PostTogether(posts));

    private Post By(User author, string content, string? key = null, MessageId? replyTo = null) =>
        new(author.Id, _launch.Workflow.Id, IsTargetNamed: true, content, key, replyTo, Given.Now);
}
