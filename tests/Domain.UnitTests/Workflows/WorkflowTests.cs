using BmadServer.Domain.Workflows;

namespace BmadServer.Domain.UnitTests.Workflows;

public sealed class WorkflowTests
{
    private readonly Workflow _workflow;
    private readonly Participant _owner;

    public WorkflowTests() => (_workflow, _owner) = Given.Workflow();

    [Test]
    public void Create_ShouldMakeItsMakerTheOwner()
    {
        var maker = Given.User();

        var (workflow, owner) = Workflow.Create(maker, "Olga", "Launch", Given.Now);

        (owner.UserId, owner.WorkflowId, owner.Role).ShouldBe((maker, workflow.Id, ParticipantRole.Owner));
    }

    [Test]
    public void Create_ShouldRecordTheOwnerAsTheFirstEvent()
    {
        var (workflow, owner) = Workflow.Create(Given.User(), "Olga", "Launch", Given.Now);

        var added = workflow.PendingEvents.ShouldHaveSingleItem().ShouldBeOfType<ParticipantAdded>();
        (added.Sequence, added.WorkflowId, added.UserId, added.Name, added.Role, added.Actor)
            .ShouldBe((1, workflow.Id, owner.UserId, "Olga", ParticipantRole.Owner, owner.Actor));
    }

    [Test]
    public void Create_ShouldBeActiveAndNobodysPersonalWorkflow()
    {
        var (workflow, _) = Workflow.Create(Given.User(), "Olga", "Launch", Given.Now);

        (workflow.Status, workflow.IsPersonal, workflow.Title).ShouldBe((WorkflowStatus.Active, false, "Launch"));
    }

    [Test]
    public void CreatePersonal_ShouldBelongToItsUser()
    {
        var user = Given.User();

        var (workflow, owner) = Workflow.CreatePersonal(user, "Olga", Given.Now);

        (workflow.PersonalOf, workflow.IsPersonal, owner.Role).ShouldBe((user, true, ParticipantRole.Owner));
    }

    [Test]
    public void Post_ShouldMakeTheMessageThatItsEventRecords()
    {
        var message = _workflow.Post(_owner, "Hello", null, "key-1", Given.Now, Given.Later);

        var posted = _workflow.PendingEvents.ShouldHaveSingleItem().ShouldBeOfType<MessagePosted>();
        (posted.MessageId, posted.Sequence, posted.Content, posted.ClientMessageId, posted.At, posted.Actor)
            .ShouldBe((message.Id, message.Sequence, message.Content, message.ClientMessageId, message.PostedAt, message.Author));
    }

    [Test]
    public void Post_ShouldKeepWhatWasSentByWhomAndWhen()
    {
        var question = Given.Message(_workflow, _owner);

        var message = _workflow.Post(_owner, " Hello\n", question, "key-1", Given.Now, Given.Later);

        (message.Content, message.ReplyTo, message.ClientMessageId, message.Author, message.ReceivedAt, message.PostedAt)
            .ShouldBe((" Hello\n", question.Id, "key-1", _owner.Actor, Given.Now, Given.Later));
    }

    [Test]
    public void Post_WhenObserver_ShouldBeRefused()
    {
        var observer = Given.Participant(_workflow, _owner, ParticipantRole.Observer);

        var post = () => { Given.Message(_workflow, observer); };

        post.ShouldBeRefusedWith("workflow.read_only");
    }

    [Test]
    public void Post_WhenPaused_ShouldStillBeTaken()
    {
        var (workflow, owner) = Given.Workflow(status: WorkflowStatus.Paused);

        Should.NotThrow(() => workflow.Post(owner, "Hello", null, null, Given.Now, Given.Now));
    }

    [TestCase(WorkflowStatus.Completed)]
    [TestCase(WorkflowStatus.Cancelled)]
    public void Post_WhenClosed_ShouldBeRefused(WorkflowStatus closed)
    {
        var (workflow, owner) = Given.Workflow(status: closed);

        var post = () => { Given.Message(workflow, owner); };

        post.ShouldBeRefusedWith("workflow.closed");
    }

    [Test]
    public void Every_kind_of_change_takes_the_next_sequence_and_refused_or_empty_ones_take_none()
    {
        var (workflow, owner) = Workflow.Create(Given.User(), "Olga", "Launch", Given.Now);
        var contributor = workflow.AddParticipant(owner, Given.User(), "Carl", ParticipantRole.Contributor, Given.Now);
        var message = workflow.Post(contributor, "Hello", null, null, Given.Now, Given.Now);
        workflow.Edit(contributor, message, "Hello!", Given.Now, Given.Now);
        workflow.Edit(contributor, message, "Hello!", Given.Now, Given.Now);
        Should.Throw<Exception>(() => workflow.Rename(contributor, "Mine", Given.Now));
        workflow.Rename(owner, "Landing", Given.Now);
        workflow.Delete(owner, message, Given.Now, Given.Now);
        workflow.Delete(owner, message, Given.Now, Given.Now);
        workflow.RemoveParticipant(owner, contributor, owners: 1, Given.Now);
        workflow.ChangeStatus(owner, WorkflowStatus.Completed, Given.Now);
        Should.Throw<Exception>(() => workflow.Post(owner, "Too late", null, null, Given.Now, Given.Now));

        workflow.PendingEvents.Cast<WorkflowEvent>().Select(e => e.Sequence).ShouldBe([1, 2, 3, 4, 5, 6, 7, 8]);
        workflow.LastSequence.ShouldBe(8);
    }

    [Test]
    public void Edit_ShouldChangeTheTextAndRecordIt()
    {
        var message = Given.Message(_workflow, _owner);

        _workflow.Edit(_owner, message, "Hello again", Given.Now, Given.Later).ShouldBeTrue();

        var edited = _workflow.PendingEvents.ShouldHaveSingleItem().ShouldBeOfType<MessageEdited>();
        (edited.MessageId, edited.Content, edited.At, edited.Actor).ShouldBe((message.Id, "Hello again", Given.Later, _owner.Actor));
        (message.Content, message.EditedAt).ShouldBe(("Hello again", Given.Later));
    }

    [Test]
    public void Edit_WhenTheTextIsTheSame_ShouldChangeNothing()
    {
        var message = Given.Message(_workflow, _owner, "Hello");

        _workflow.Edit(_owner, message, "Hello", Given.Later, Given.Later).ShouldBeFalse();

        (_workflow.PendingEvents.Count, message.EditedAt).ShouldBe((0, null));
    }

    [Test]
    public void Edit_WhenSomebodyElses_ShouldBeRefusedEvenToAnOwner()
    {
        var message = Given.Message(_workflow, Given.Participant(_workflow, _owner));

        var edit = () => { _workflow.Edit(_owner, message, "Not my words", Given.Later, Given.Later); };

        edit.ShouldBeRefusedWith("message.forbidden");
    }

    [Test]
    public void Edit_WhenDeleted_ShouldBeRefused()
    {
        var message = Given.Message(_workflow, _owner);
        _workflow.Delete(_owner, message, Given.Now, Given.Now);

        var edit = () => { _workflow.Edit(_owner, message, "Back again", Given.Later, Given.Later); };

        edit.ShouldBeRefusedWith("message.deleted");
    }

    [Test]
    public void Edit_WhenClosed_ShouldBeRefused()
    {
        var message = Given.Message(_workflow, _owner);
        _workflow.ChangeStatus(_owner, WorkflowStatus.Completed, Given.Now);

        var edit = () => { _workflow.Edit(_owner, message, "Too late", Given.Later, Given.Later); };

        edit.ShouldBeRefusedWith("workflow.closed");
    }

    [Test]
    public void Edit_WhenRepeatedAfterTheWorkflowWasClosed_ShouldStayHarmless()
    {
        var message = Given.Message(_workflow, _owner);
        _workflow.Edit(_owner, message, "Hello again", Given.Now, Given.Now);
        _workflow.ChangeStatus(_owner, WorkflowStatus.Completed, Given.Now);

        _workflow.Edit(_owner, message, "Hello again", Given.Later, Given.Later).ShouldBeFalse();
    }

    [Test]
    public void Delete_WhenOnesOwn_ShouldMakeATombstoneAndRecordIt()
    {
        var contributor = Given.Participant(_workflow, _owner);
        var message = Given.Message(_workflow, contributor);

        _workflow.Delete(contributor, message, Given.Now, Given.Later).ShouldBeTrue();

        var deleted = _workflow.PendingEvents.ShouldHaveSingleItem().ShouldBeOfType<MessageDeleted>();
        (deleted.MessageId, deleted.Actor, message.DeletedAt).ShouldBe((message.Id, contributor.Actor, Given.Later));
    }

    [Test]
    public void Delete_WhenOwner_ShouldTakeAnybodysMessage()
    {
        var message = Given.Message(_workflow, Given.Participant(_workflow, _owner));

        _workflow.Delete(_owner, message, Given.Now, Given.Now);

        message.IsDeleted.ShouldBeTrue();
    }

    [Test]
    public void Delete_WhenSomebodyElsesAndNotOwner_ShouldBeRefused()
    {
        var message = Given.Message(_workflow, _owner);
        var contributor = Given.Participant(_workflow, _owner);

        var delete = () => { _workflow.Delete(contributor, message, Given.Now, Given.Now); };

        delete.ShouldBeRefusedWith("message.forbidden");
    }

    [Test]
    public void Delete_WhenDeletedBefore_ShouldChangeNothingEvenOnceClosed()
    {
        var message = Given.Message(_workflow, _owner);
        _workflow.Delete(_owner, message, Given.Now, Given.Now);
        _workflow.ChangeStatus(_owner, WorkflowStatus.Cancelled, Given.Now);
        _workflow.TakePendingEvents();

        _workflow.Delete(_owner, message, Given.Later, Given.Later).ShouldBeFalse();

        (_workflow.PendingEvents.Count, message.DeletedAt).ShouldBe((0, Given.Now));
    }

    [Test]
    public void Delete_WhenClosed_ShouldBeRefused()
    {
        var message = Given.Message(_workflow, _owner);
        _workflow.ChangeStatus(_owner, WorkflowStatus.Cancelled, Given.Now);

        var delete = () => { _workflow.Delete(_owner, message, Given.Now, Given.Now); };

        delete.ShouldBeRefusedWith("workflow.closed");
    }

    [Test]
    public void Rename_ShouldChangeTheTitleAndRecordIt()
    {
        _workflow.Rename(_owner, "Landing", Given.Later);

        var renamed = _workflow.PendingEvents.ShouldHaveSingleItem().ShouldBeOfType<WorkflowRenamed>();
        (_workflow.Title, renamed.Title, renamed.At).ShouldBe(("Landing", "Landing", Given.Later));
    }

    [Test]
    public void Rename_WhenTheTitleIsTheSame_ShouldRecordNothing()
    {
        _workflow.Rename(_owner, _workflow.Title, Given.Later);

        _workflow.PendingEvents.ShouldBeEmpty();
    }

    [Test]
    public void Rename_WhenNotOwner_ShouldBeRefused()
    {
        var contributor = Given.Participant(_workflow, _owner);

        var rename = () => _workflow.Rename(contributor, "Mine", Given.Now);

        rename.ShouldBeRefusedWith("workflow.forbidden");
    }

    [Test]
    public void ChangeStatus_WhenOpen_ShouldAllowAnyOther(
        [Values(WorkflowStatus.Active, WorkflowStatus.Paused)] WorkflowStatus from,
        [Values] WorkflowStatus to
    )
    {
        var (workflow, owner) = Given.Workflow(status: from);

        workflow.ChangeStatus(owner, to, Given.Later);

        workflow.Status.ShouldBe(to);
    }

    [Test]
    public void ChangeStatus_ShouldRecordTheNewOne()
    {
        _workflow.ChangeStatus(_owner, WorkflowStatus.Paused, Given.Later);

        var changed = _workflow.PendingEvents.ShouldHaveSingleItem().ShouldBeOfType<WorkflowStatusChanged>();
        (changed.Status, changed.Actor).ShouldBe((WorkflowStatus.Paused, _owner.Actor));
    }

    [TestCase(WorkflowStatus.Completed, WorkflowStatus.Active)]
    [TestCase(WorkflowStatus.Completed, WorkflowStatus.Cancelled)]
    [TestCase(WorkflowStatus.Cancelled, WorkflowStatus.Paused)]
    [TestCase(WorkflowStatus.Cancelled, WorkflowStatus.Completed)]
    public void ChangeStatus_WhenClosed_ShouldBeRefused(WorkflowStatus from, WorkflowStatus to)
    {
        var (workflow, owner) = Given.Workflow(status: from);

        var change = () => workflow.ChangeStatus(owner, to, Given.Later);

        change.ShouldBeRefusedWith("workflow.illegal_status");
    }

    [Test]
    public void ChangeStatus_WhenItIsThatAlready_ShouldRecordNothing([Values] WorkflowStatus status)
    {
        var (workflow, owner) = Given.Workflow(status: status);

        workflow.ChangeStatus(owner, status, Given.Later);

        workflow.PendingEvents.ShouldBeEmpty();
    }

    [Test]
    public void ChangeStatus_WhenPersonal_ShouldBeRefused()
    {
        var (workflow, owner) = Given.Workflow(personal: true);

        var change = () => workflow.ChangeStatus(owner, WorkflowStatus.Completed, Given.Now);

        change.ShouldBeRefusedWith("workflow.personal");
    }

    [Test]
    public void ChangeStatus_WhenNotOwner_ShouldBeRefused()
    {
        var contributor = Given.Participant(_workflow, _owner);

        var change = () => _workflow.ChangeStatus(contributor, WorkflowStatus.Paused, Given.Now);

        change.ShouldBeRefusedWith("workflow.forbidden");
    }

    [Test]
    public void AddParticipant_ShouldAdmitThemWithTheirRoleAndRecordByWhom()
    {
        var user = Given.User();

        var added = _workflow.AddParticipant(_owner, user, "Vera", ParticipantRole.Observer, Given.Later);

        (added.UserId, added.Name, added.Role, added.JoinedAt).ShouldBe((user, "Vera", ParticipantRole.Observer, Given.Later));
        var recorded = _workflow.PendingEvents.ShouldHaveSingleItem().ShouldBeOfType<ParticipantAdded>();
        (recorded.UserId, recorded.Name, recorded.Role, recorded.Actor)
            .ShouldBe((user, "Vera", ParticipantRole.Observer, _owner.Actor));
    }

    [Test]
    public void AddParticipant_WhenNotOwner_ShouldBeRefused()
    {
        var contributor = Given.Participant(_workflow, _owner);

        var add = () => { Given.Participant(_workflow, owner: contributor); };

        add.ShouldBeRefusedWith("workflow.forbidden");
    }

    [Test]
    public void AddParticipant_WhenPersonal_ShouldBeRefused()
    {
        var (workflow, owner) = Given.Workflow(personal: true);

        var add = () => { Given.Participant(workflow, owner); };

        add.ShouldBeRefusedWith("workflow.personal");
    }

    [Test]
    public void RemoveParticipant_WhenByAnOwner_ShouldRecordWhoSentWhomAway()
    {
        var contributor = Given.Participant(_workflow, _owner);

        _workflow.RemoveParticipant(_owner, contributor, owners: 1, Given.Now);

        var removed = _workflow.PendingEvents.ShouldHaveSingleItem().ShouldBeOfType<ParticipantRemoved>();
        (removed.UserId, removed.Actor).ShouldBe((contributor.UserId, _owner.Actor));
    }

    [TestCase(ParticipantRole.Contributor)]
    [TestCase(ParticipantRole.Observer)]
    public void RemoveParticipant_WhenOneself_ShouldBeAllowedInAnyRole(ParticipantRole role)
    {
        var leaver = Given.Participant(_workflow, _owner, role);

        Should.NotThrow(() => _workflow.RemoveParticipant(leaver, leaver, owners: 1, Given.Now));
    }

    [Test]
    public void RemoveParticipant_WhenSomebodyElseAndNotOwner_ShouldBeRefused()
    {
        var contributor = Given.Participant(_workflow, _owner);
        var other = Given.Participant(_workflow, _owner);

        var remove = () => _workflow.RemoveParticipant(contributor, other, owners: 1, Given.Now);

        remove.ShouldBeRefusedWith("workflow.forbidden");
    }

    [Test]
    public void RemoveParticipant_WhenTheLastOwner_ShouldBeRefused()
    {
        var leave = () => _workflow.RemoveParticipant(_owner, _owner, owners: 1, Given.Now);

        leave.ShouldBeRefusedWith("workflow.last_owner");
    }

    [Test]
    public void RemoveParticipant_WhenAnotherOwnerStays_ShouldLetAnOwnerGo()
    {
        Given.Participant(_workflow, _owner, ParticipantRole.Owner);

        Should.NotThrow(() => _workflow.RemoveParticipant(_owner, _owner, owners: 2, Given.Now));
    }
}
