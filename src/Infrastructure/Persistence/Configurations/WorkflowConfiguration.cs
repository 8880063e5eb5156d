using BmadServer.Domain.Workflows;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace BmadServer.Infrastructure.Persistence.Configurations;

internal sealed class WorkflowConfiguration : IEntityTypeConfiguration<Workflow>
{
    public void Configure(EntityTypeBuilder<Workflow> builder)
    {
        builder.ToTable("workflows");
        builder.HasKey(workflow => workflow.Id);
        builder.Property(workflow => workflow.Id).ValueGeneratedNever();
        builder.Property(workflow => workflow.Title).HasMaxLength(Workflow.MaximumTitleLength);
        builder.HasIndex(workflow => workflow.PersonalOf).IsUnique();
        builder.Ignore(workflow => workflow.PendingEvents);
    }
}

internal sealed class ParticipantConfiguration : IEntityTypeConfiguration<Participant>
{
    public void Configure(EntityTypeBuilder<Participant> builder)
    {
        builder.ToTable("participants");
        builder.HasKey(participant => new { participant.WorkflowId, participant.UserId });
        builder.HasOne<Workflow>().WithMany().HasForeignKey(participant => participant.WorkflowId).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(participant => participant.UserId);
    }
}

internal sealed class MessageConfiguration : IEntityTypeConfiguration<Message>
{
    public void Configure(EntityTypeBuilder<Message> builder)
    {
        builder.ToTable("messages");
        builder.HasKey(message => message.Id);
        builder.Property(message => message.Id).ValueGeneratedNever();
        builder.HasIndex(message => new { message.WorkflowId, message.Sequence }).IsUnique();

        // What makes a send exactly-once: the database itself refuses a second one, whenever and wherever it comes.
        builder
            .HasIndex(message => new { message.AuthorId, message.ClientMessageId })
            .IsUnique()
            .HasFilter("client_message_id IS NOT NULL");
    }
}
