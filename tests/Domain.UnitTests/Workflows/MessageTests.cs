using BmadServer.Domain.Workflows;

namespace BmadServer.Domain.UnitTests.Workflows;

public sealed class MessageTests
{
    private readonly Workflow _workflow;
    private readonly Participant _author;

    public MessageTests() => (_workflow, _author) = Given.Workflow();

    [Test]
    public void An_edited_message_keeps_its_place_and_its_post_time()
    {
        var message = Given.Message(_workflow, _author);
        var place = (message.Sequence, message.PostedAt, message.ReceivedAt);

        _workflow.Edit(_author, message, "Hello again", Given.Later, Given.Later);

        (message.Sequence, message.PostedAt, message.ReceivedAt).ShouldBe(place);
    }

    [Test]
    public void An_edited_message_tells_its_newest_change()
    {
        var message = Given.Message(_workflow, _author);

        _workflow.Edit(_author, message, "Hello again", Given.Later, Given.Later.AddSeconds(1));

        (message.ChangedSequence, message.ChangeReceivedAt, message.ChangedAt)
            .ShouldBe((_workflow.LastSequence, Given.Later, Given.Later.AddSeconds(1)));
    }

    [Test]
    public void A_deleted_message_keeps_its_place_but_no_text()
    {
        var message = Given.Message(_workflow, _author);
        var place = message.Sequence;

        _workflow.Delete(_author, message, Given.Later, Given.Later);

        (message.Sequence, message.Content, message.IsDeleted).ShouldBe((place, "", true));
    }

    [Test]
    public void ChangedAt_WhenDeletedAfterAnEdit_ShouldBeTheTimeOfTheDeletion()
    {
        var message = Given.Message(_workflow, _author);
        _workflow.Edit(_author, message, "Hello again", Given.Later, Given.Later);

        _workflow.Delete(_author, message, Given.Later, Given.Later.AddMinutes(1));

        message.ChangedAt.ShouldBe(Given.Later.AddMinutes(1));
    }

    [Test]
    public void ChangedAt_WhenNeverChanged_ShouldBeTheTimeOfThePost() =>
        Given.Message(_workflow, _author).ChangedAt.ShouldBe(Given.Now);

    [Test]
    public void IsBy_WhenAnotherParticipant_ShouldBeFalse()
    {
        var message = Given.Message(_workflow, _author);

        message.IsBy(_author).ShouldBeTrue();
        message.IsBy(Given.Participant(_workflow, _author)).ShouldBeFalse();
    }

    [Test]
    public void IsBy_WhenAnAgentHasTheSameId_ShouldBeFalse()
    {
        var message = Given.Message(_workflow, _author).Stored(stored => stored.AuthorKind, ActorKind.Agent);

        message.IsBy(_author).ShouldBeFalse();
    }
}
