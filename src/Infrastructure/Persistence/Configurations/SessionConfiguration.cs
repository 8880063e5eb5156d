using BmadServer.Domain.Sessions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace BmadServer.Infrastructure.Persistence.Configurations;

internal sealed class SessionConfiguration : IEntityTypeConfiguration<Session>
{
    public void Configure(EntityTypeBuilder<Session> builder)
    {
        builder.ToTable("sessions");
        builder.HasKey(session => session.Id);
        builder.Property(session => session.Id).ValueGeneratedNever();
        builder.Property(session => session.Version).IsConcurrencyToken();
        builder.HasIndex(session => session.UserId);
        builder.HasIndex(session => session.FamilyId);
        builder.HasIndex(session => session.NodeId);

        // For the sweep, which looks only at sessions that have not ended.
        builder.HasIndex(session => session.LastActivityAt).HasFilter("ended_at IS NULL");

        // For the watch over open connections, which looks only at those that ended lately.
        builder.HasIndex(session => session.EndedAt).HasFilter("ended_at IS NOT NULL");
    }
}

internal sealed class ServerNodeConfiguration : IEntityTypeConfiguration<ServerNode>
{
    public void Configure(EntityTypeBuilder<ServerNode> builder)
    {
        builder.ToTable("nodes");
        builder.HasKey(node => node.Id);
        builder.Property(node => node.Id).ValueGeneratedNever();
    }
}
