using BmadServer.Domain.Audit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace BmadServer.Infrastructure.Persistence.Configurations;

/// <summary>
/// Triggers, which the migrations make, refuse to change an entry, and to delete one of the last days. SQLite loses them when a migration
/// rebuilds the table.
/// </summary>
internal sealed class AuditEntryConfiguration : IEntityTypeConfiguration<AuditEntry>
{
    public void Configure(EntityTypeBuilder<AuditEntry> builder)
    {
        builder.ToTable("audit_entries");
        builder.HasKey(entry => entry.Id);
        builder.Property(entry => entry.Id).ValueGeneratedNever();
        builder.Property(entry => entry.Event).HasMaxLength(50);
        builder.Property(entry => entry.Address).HasMaxLength(AuditEntry.MaximumAddressLength);
        builder.Property(entry => entry.Detail).HasMaxLength(AuditEntry.MaximumDetailLength);
        builder.HasIndex(entry => entry.RecordedAt);
        builder.HasIndex(entry => entry.UserId);
    }
}
