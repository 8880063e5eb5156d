using BmadServer.Application.Common;
using BmadServer.Domain.Users;
using BmadServer.Infrastructure.Auth;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace BmadServer.Infrastructure.Persistence.Configurations;

internal sealed class UserConfiguration : IEntityTypeConfiguration<ApplicationUser>
{
    public void Configure(EntityTypeBuilder<ApplicationUser> builder)
    {
        builder.ToTable("users");
        builder.HasIndex(user => user.NormalizedUserName).IsUnique();
        builder.HasIndex(user => user.NormalizedEmail).IsUnique();
        builder.Property(user => user.ConcurrencyStamp).IsConcurrencyToken();
        builder.Ignore(user => user.PhoneNumber);
        builder.Ignore(user => user.PhoneNumberConfirmed);
        builder.Ignore(user => user.TwoFactorEnabled);
    }
}

internal sealed class KnownOriginConfiguration : IEntityTypeConfiguration<KnownOrigin>
{
    public void Configure(EntityTypeBuilder<KnownOrigin> builder)
    {
        builder.ToTable("known_origins");
        builder.HasKey(origin => new { origin.UserId, origin.Origin });
        builder.Property(origin => origin.Origin).HasMaxLength(ClientNetwork.MaximumLength);
    }
}

internal sealed class TokenFamilyConfiguration : IEntityTypeConfiguration<TokenFamily>
{
    public void Configure(EntityTypeBuilder<TokenFamily> builder)
    {
        builder.ToTable("token_families");
        builder.HasKey(family => family.Id);
        builder.Property(family => family.Id).ValueGeneratedNever();
        builder.HasIndex(family => family.UserId);

        // For the watch over open connections, which looks only at those that were revoked lately.
        builder.HasIndex(family => family.RevokedAt).HasFilter("revoked_at IS NOT NULL");
    }
}

internal sealed class RefreshTokenConfiguration : IEntityTypeConfiguration<RefreshToken>
{
    public void Configure(EntityTypeBuilder<RefreshToken> builder)
    {
        builder.ToTable("refresh_tokens");
        builder.HasKey(token => token.Hash);
        builder.HasOne<TokenFamily>().WithMany().HasForeignKey(token => token.FamilyId);
        builder.HasIndex(token => token.ExpiresAt);
    }
}
