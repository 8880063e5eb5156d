using BmadServer.Domain.Workflows;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace BmadServer.Infrastructure.Persistence.Configurations;

/// <summary>
/// One table for all kinds of event: a page of the log is one range of its primary key. There is no foreign key to the workflow, nor
/// from the messages: whoever appends has locked the workflow's row, none is ever deleted, and the check would be a sixth of the
/// database's work for a send.
/// </summary>
internal sealed class WorkflowEventConfiguration : IEntityTypeConfiguration<WorkflowEvent>
{
    private const string Kind = "Kind";

    /// <summary>Room for the kinds that are to come.</summary>
    private const int MaximumKindLength = 40;

    public void Configure(EntityTypeBuilder<WorkflowEvent> builder)
    {
        builder.ToTable("workflow_events");
        builder.HasKey(@event => new { @event.WorkflowId, @event.Sequence });
        builder.Property(@event => @event.Sequence).ValueGeneratedNever();
        builder.Ignore(@event => @event.Actor);
        builder.Property<string>(Kind).HasMaxLength(MaximumKindLength);
        builder
            .HasDiscriminator<string>(Kind)
            .HasValue<MessagePosted>("messagePosted")
            .HasValue<MessageEdited>("messageEdited")
            .HasValue<MessageDeleted>("messageDeleted")
            .HasValue<ParticipantAdded>("participantAdded")
            .HasValue<ParticipantRemoved>("participantRemoved")
            .HasValue<WorkflowRenamed>("workflowRenamed")
            .HasValue<WorkflowStatusChanged>("workflowStatusChanged");
    }
}

internal sealed class MessagePostedConfiguration : IEntityTypeConfiguration<MessagePosted>
{
    public void Configure(EntityTypeBuilder<MessagePosted> builder)
    {
        builder.Property(@event => @event.MessageId).HasColumnName("message_id");
        builder.Property(@event => @event.Content).HasColumnName("content");
    }
}

internal sealed class MessageEditedConfiguration : IEntityTypeConfiguration<MessageEdited>
{
    public void Configure(EntityTypeBuilder<MessageEdited> builder)
    {
        builder.Property(@event => @event.MessageId).HasColumnName("message_id");
        builder.Property(@event => @event.Content).HasColumnName("content");
    }
}

internal sealed class MessageDeletedConfiguration : IEntityTypeConfiguration<MessageDeleted>
{
    public void Configure(EntityTypeBuilder<MessageDeleted> builder) =>
        builder.Property(@event => @event.MessageId).HasColumnName("message_id");
}

internal sealed class ParticipantAddedConfiguration : IEntityTypeConfiguration<ParticipantAdded>
{
    public void Configure(EntityTypeBuilder<ParticipantAdded> builder) =>
        builder.Property(@event => @event.UserId).HasColumnName("user_id");
}

internal sealed class ParticipantRemovedConfiguration : IEntityTypeConfiguration<ParticipantRemoved>
{
    public void Configure(EntityTypeBuilder<ParticipantRemoved> builder) =>
        builder.Property(@event => @event.UserId).HasColumnName("user_id");
}
