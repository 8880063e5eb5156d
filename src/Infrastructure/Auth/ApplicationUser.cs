using BmadServer.Domain.Users;
using Microsoft.AspNetCore.Identity;

namespace BmadServer.Infrastructure.Auth;

/// <summary>An account as ASP.NET Core Identity stores it, with what the product adds.</summary>
public sealed class ApplicationUser : IdentityUser<Guid>
{
    public required string DisplayName { get; set; }

    public required DateTimeOffset CreatedAt { get; set; }

    /// <summary>Since when the operator lets nobody sign in with it.</summary>
    public DateTimeOffset? DisabledAt { get; set; }

    internal User ToUser() =>
        new(new UserId(Id), Email!, DisplayName, CreatedAt) { DisabledAt = DisabledAt, PasswordStamp = SecurityStamp };
}
