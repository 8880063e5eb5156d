using BmadServer.Domain.Users;
using Microsoft.EntityFrameworkCore;

namespace BmadServer.Infrastructure.Persistence.Repositories;

internal sealed class TokenFamilyRepository(AppDbContext db, CompiledQueries queries) : ITokenFamilyRepository
{
    public void Add(TokenFamily family) => db.TokenFamilies.Add(family);

    public void Add(RefreshToken token) => db.RefreshTokens.Add(token);

    public Task<TokenFamily?> FindAsync(TokenFamilyId id, CancellationToken cancellationToken) =>
        db.TokenFamilies.SingleOrDefaultAsync(family => family.Id == id, cancellationToken);

    public Task<bool> StandsAsync(TokenFamilyId id, UserId user, CancellationToken cancellationToken) =>
        queries.SignInStands(db, id, user, cancellationToken);

    public Task<int> RevokeAllAsync(UserId user, TokenFamilyId? except, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var standing = db.TokenFamilies.Where(family => family.UserId == user && family.RevokedAt == null);
        if (except is { } kept)
        {
            standing = standing.Where(family => family.Id != kept);
        }

        return standing.ExecuteUpdateAsync(update => update.SetProperty(family => family.RevokedAt, now), cancellationToken);
    }

    public async Task<IReadOnlyList<TokenFamilyId>> ListRevokedAsync(DateTimeOffset since, CancellationToken cancellationToken) =>
        await db
            .TokenFamilies.Where(family => family.RevokedAt >= since)
            .Select(family => family.Id)
            .ToListAsync(cancellationToken);

    public Task<RefreshToken?> FindTokenAsync(string hash, CancellationToken cancellationToken) =>
        db.RefreshTokens.AsNoTracking().SingleOrDefaultAsync(token => token.Hash == hash, cancellationToken);

    public async Task<bool> TryConsumeAsync(string hash, string? keyHash, DateTimeOffset now, CancellationToken cancellationToken) =>
        await db
            .RefreshTokens.Where(token => token.Hash == hash && token.ConsumedAt == null)
            .ExecuteUpdateAsync(
                update => update.SetProperty(token => token.ConsumedAt, now).SetProperty(token => token.ExchangeKeyHash, keyHash),
                cancellationToken
            ) == 1;

    public Task<bool> AnyConsumedAsync(
        TokenFamilyId family,
        DateTimeOffset issuedSince,
        DateTimeOffset consumedBefore,
        CancellationToken cancellationToken
    ) =>
        db.RefreshTokens.AnyAsync(
            token => token.FamilyId == family && token.IssuedAt >= issuedSince && token.ConsumedAt < consumedBefore,
            cancellationToken
        );

    public Task<int> DeleteExpiredAsync(DateTimeOffset expiredBefore, int limit, CancellationToken cancellationToken) =>
        db
            .RefreshTokens.Where(token => token.ExpiresAt < expiredBefore)
            .OrderBy(token => token.ExpiresAt)
            .Take(limit)
            .ExecuteDeleteAsync(cancellationToken);
}
