namespace BmadServer.Application.Auth;

internal static class RefreshTokenPolicy
{
    /// <summary>From its own issue; each refresh starts it anew.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);
}
