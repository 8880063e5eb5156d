using System.Net;
using BmadServer.Application.Administration;
using BmadServer.Application.Audit;
using BmadServer.Application.Auth;
using BmadServer.Application.Messages;
using BmadServer.Application.Workflows;
using BmadServer.Domain.Audit;
using BmadServer.Domain.Workflows;

namespace BmadServer.Application.UnitTests.Audit;

public sealed class AuditTrailTests
{
    private readonly World _world = new();

    [Test]
    public async Task Record_ShouldSayWhoWhatWhenAndFromWhere()
    {
        _world.Caller.SetupGet(caller => caller.Address).Returns(IPAddress.Parse("::ffff:192.0.2.7"));
        var mine = _world.HasWorkflow();

        await _world.SendAsync(new AddParticipant(mine.Workflow.Id.Value, _world.Olga.Email, "owner"));

        var entry = _world.Audited.ShouldHaveSingleItem();
        (entry.Event, entry.Succeeded, entry.RecordedAt, entry.ActorId, entry.UserId, entry.WorkflowId, entry.Address, entry.Detail)
            .ShouldBe((AuditEvent.OwnerAdded, true, _world.Now, _world.Me.Id, _world.Olga.Id, mine.Workflow.Id, "192.0.2.7", "as owner"));
    }

    [Test]
    public async Task Record_WhenNobodyIsSignedIn_ShouldNameNoActor()
    {
        _world.MyFamily = null;

        await _world.SendAsync(new EnableUser(_world.Me.Email));

        var entry = _world.Audited.ShouldHaveSingleItem();
        (entry.Event, entry.ActorId, entry.UserId, entry.Address).ShouldBe((AuditEvent.UserEnabled, null, _world.Me.Id, null));
    }

    [Test]
    public async Task Record_WhenTheTransactionFails_ShouldLeaveNothing()
    {
        var mine = _world.HasWorkflow();
        var lena = Given.User("Lena");
        _world.HasParticipant(mine, lena);
        _world.UnitOfWork.Fails(new InvalidOperationException("gone"));

        await Should.ThrowAsync<InvalidOperationException>(_world.SendAsync(new RemoveParticipant(mine.Workflow.Id.Value, lena.Id.Value)));

        _world.Audited.ShouldBeEmpty();
    }

    [TestCase(ParticipantRole.Observer, AuditEvent.ParticipantRemoved)]
    [TestCase(ParticipantRole.Owner, AuditEvent.OwnerRemoved)]
    public async Task An_owner_who_goes_is_told_from_others(ParticipantRole role, AuditEvent what)
    {
        var mine = _world.HasWorkflow();
        var lena = Given.User("Lena");
        _world.HasParticipant(mine, lena, role);

        await _world.SendAsync(new RemoveParticipant(mine.Workflow.Id.Value, lena.Id.Value));

        _world.Audited.ShouldHaveSingleItem().Event.ShouldBe(what);
    }

    [Test]
    public async Task A_sign_in_that_has_ended_is_not_ended_in_the_log_again()
    {
        var (family, _) = _world.HasSignIn();
        _world.HasRefreshToken(family);

        await _world.SendAsync(new Logout("shown"));
        await _world.SendAsync(new Logout("shown"));

        _world.Audited.Select(entry => entry.Event).ShouldBe([AuditEvent.SignedOut]);
    }

    [Test]
    public async Task A_message_is_not_in_it()
    {
        var mine = _world.HasWorkflow();

        await _world.SendAsync(new SendMessage("Hello", mine.Workflow.Id.Value));

        _world.Audited.ShouldBeEmpty();
    }

    [Test]
    public async Task Sweep_ShouldDeleteInBatchesWhatIsOlderThanItIsKept()
    {
        var world = new World { AuditOptions = new AuditOptions { RetentionDays = 30 } };
        var batches = new Queue<int>([1000, 7]);
        world
            .AuditLog.Setup(port => port.DeleteAsync(world.Now.AddDays(-30), 1000, It.IsAny<CancellationToken>()))
            .ReturnsAsync(batches.Dequeue);

        (await world.SendAsync(new SweepAuditLog())).ShouldBe(1007);
    }

    [Test]
    public async Task List_WhenThereIsMore_ShouldSaySo()
    {
        _world.MyFamily = null;
        await _world.SendAsync(new EnableUser(_world.Me.Email));
        await _world.SendAsync(new EnableUser(_world.Me.Email));
        _world.Accounts.Setup(port => port.ListAsync(It.IsAny<CancellationToken>())).ReturnsAsync([new Account(_world.Me, null)]);
        _world
            .AuditLog.Setup(port => port.ListAsync(_world.Me.Id, AuditEvent.UserEnabled, null, 2, It.IsAny<CancellationToken>()))
            .ReturnsAsync(_world.Audited);

        var list = await _world.SendAsync(new ListAuditEntries(_world.Me.Email, What: "userEnabled", Limit: 1));

        list.HasMore.ShouldBeTrue();
        var line = list.Entries.ShouldHaveSingleItem();
        (line.What, line.Outcome, line.UserEmail, line.ActorEmail).ShouldBe(("userEnabled", "succeeded", _world.Me.Email, null));
    }

    [TestCase("UserEnabled", 1, "what")]
    [TestCase("nothing", 1, "what")]
    [TestCase(null, 0, "limit")]
    [TestCase(null, 100_001, "limit")]
    public async Task List_WhenTheQuestionMakesNoSense_ShouldRefuseIt(string? what, int limit, string field) =>
        await _world.SendAsync(new ListAuditEntries(What: what, Limit: limit)).ShouldBeInvalidInAsync(field);
}
