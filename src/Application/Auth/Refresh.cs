using BmadServer.Application.Common;
using BmadServer.Domain.Common;
using BmadServer.Domain.Sessions;
using BmadServer.Domain.Users;
using MediatR;

namespace BmadServer.Application.Auth;

/// <summary>Exchanges a refresh token for a new pair. A token that was exchanged before ends its whole family.</summary>
public sealed record Refresh(string? RefreshToken) : IRequest<Tokens>;

/// <summary>
/// The refresh tokens that this node is exchanging at this moment, or was until just now. A request that came before the
/// exchange was over has lost a race; it cannot be a replay, since nobody had seen the answer yet.
/// </summary>
internal sealed class RefreshesUnderWay(TimeProvider time)
{
    /// <summary>Far longer than any request takes from its receipt to its exchange.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly HashSet<string> _underWay = [];
    private readonly Dictionary<string, DateTimeOffset> _completedAt = [];
    private readonly Queue<string> _completed = new();

    public bool TryBegin(string hash, DateTimeOffset receivedAt)
    {
        lock (_gate)
        {
            return (!_completedAt.TryGetValue(hash, out var completed) || receivedAt > completed) && _underWay.Add(hash);
        }
    }

    /// <summary>The token was exchanged; the answer goes out after this.</summary>
    public void Complete(string hash)
    {
        var now = time.Now();
        lock (_gate)
        {
            while (_completed.TryPeek(out var oldest) && _completedAt[oldest] < now - Memory)
            {
                _completedAt.Remove(_completed.Dequeue());
            }

            _completed.Enqueue(hash);
            _completedAt.Add(hash, now);
        }
    }

    public void End(string hash)
    {
        lock (_gate)
        {
            _underWay.Remove(hash);
        }
    }
}

internal sealed class RefreshHandler(
    ICaller caller,
    RefreshesUnderWay underWay,
    ITokenFamilyRepository families,
    IUserAccounts accounts,
    ITokenService tokens,
    SignInEnder signInEnder,
    IUnitOfWork unitOfWork,
    TimeProvider time
) : IRequestHandler<Refresh, Tokens>
{
    /// <summary>
    /// Tabs that wake up together refresh together, but their requests do not arrive together. The first one waits this long
    /// before it uses the token up, and whoever asks until it is answered has lost the race; whoever asks afterwards is replaying.
    /// </summary>
    private static readonly TimeSpan GatheringTime = TimeSpan.FromMilliseconds(100);

    public async Task<Tokens> Handle(Refresh request, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(request.RefreshToken))
        {
            throw AuthErrors.RefreshInvalid();
        }

        var hash = tokens.HashRefreshToken(request.RefreshToken);
        if (!underWay.TryBegin(hash, caller.ReceivedAt))
        {
            throw AuthErrors.RefreshRaced();
        }

        try
        {
            await Task.Delay(GatheringTime, cancellationToken);

            // From here on the caller's going away changes nothing: a token that is used up must not be taken for one replayed.
            var exchanged = await ExchangeAsync(hash, CancellationToken.None);
            underWay.Complete(hash);
            return exchanged;
        }
        finally
        {
            underWay.End(hash);
        }
    }

    private async Task<Tokens> ExchangeAsync(string hash, CancellationToken cancellationToken)
    {
        var shown = await families.FindTokenAsync(hash, cancellationToken) ?? throw AuthErrors.RefreshInvalid();
        if (shown.IsReplay(caller.ReceivedAt))
        {
            await signInEnder.EndAsync(shown.FamilyId, SessionEndReason.Revoked, cancellationToken);
            throw AuthErrors.RefreshReused();
        }

        var family = await families.FindAsync(shown.FamilyId, cancellationToken);
        if (family is null || family.IsRevoked || shown.HasExpired(time.Now()))
        {
            throw AuthErrors.RefreshInvalid();
        }

        var user = await accounts.FindAsync(family.UserId, cancellationToken) ?? throw AuthErrors.RefreshInvalid();
        return await unitOfWork.ExecuteAsync(token => RotateAsync(hash, family.Id, user, token), cancellationToken);
    }

    private async Task<Tokens> RotateAsync(string hash, TokenFamilyId family, User user, CancellationToken cancellationToken)
    {
        var now = time.Now();
        if (!await families.TryConsumeAsync(hash, now, cancellationToken))
        {
            throw AuthErrors.RefreshRaced();
        }

        var (text, nextHash) = tokens.CreateRefreshToken();
        families.Add(RefreshToken.Issue(nextHash, family, now, RefreshTokenPolicy.Lifetime));
        return new Tokens(UserView.Of(user), tokens.CreateAccessToken(user, family), text, RefreshTokenPolicy.Lifetime);
    }
}
