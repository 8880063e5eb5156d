using BmadServer.Application.Common;
using BmadServer.Domain.Audit;
using BmadServer.Domain.Common;
using BmadServer.Domain.Sessions;
using BmadServer.Domain.Users;
using FluentValidation;
using MediatR;

namespace BmadServer.Application.Auth;

/// <summary>Exchanges a refresh token for a new pair. A token that was exchanged before ends its whole family.</summary>
/// <param name="IdempotencyKey">
/// The caller's own key of this attempt. Where the answer never arrived, a repeat with the same token and key is answered with
/// a new pair, for as long as no token that came of the exchange was used.
/// </param>
public sealed record Refresh(string? RefreshToken, string? IdempotencyKey = null) : IRequest<Tokens>
{
    public const int MaximumIdempotencyKeyLength = 128;

    /// <summary>Tokens are secrets, and records print their fields.</summary>
    public override string ToString() => nameof(Refresh);
}

internal sealed class RefreshValidator : AbstractValidator<Refresh>
{
    public RefreshValidator() =>
        When(
            request => request.IdempotencyKey is not null,
            () =>
                RuleFor(request => request.IdempotencyKey)
                    .MustBeText()
                    .WithName("Idempotency-Key")
                    .MaximumLength(Refresh.MaximumIdempotencyKeyLength)
                    .WithMessage($"Idempotency-Key must be at most {Refresh.MaximumIdempotencyKeyLength} characters long.")
        );
}

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
    private readonly Queue<(string Hash, DateTimeOffset At)> _completed = new();

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
            while (_completed.TryPeek(out var oldest) && oldest.At < now - Memory)
            {
                _completed.Dequeue();
                if (_completedAt[oldest.Hash] == oldest.At)
                {
                    _completedAt.Remove(oldest.Hash);
                }
            }

            // A repeat completes once more.
            _completed.Enqueue((hash, now));
            _completedAt[hash] = now;
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

        var hash = tokens.Hash(request.RefreshToken);
        var keyHash = request.IdempotencyKey is { } key ? tokens.Hash(key) : null;
        if (!underWay.TryBegin(hash, caller.ReceivedAt))
        {
            throw AuthErrors.RefreshRaced();
        }

        try
        {
            await Task.Delay(GatheringTime, cancellationToken);

            // From here on the caller's going away changes nothing: a token that is used up must not be taken for one replayed.
            var exchanged = await ExchangeAsync(hash, keyHash, CancellationToken.None);
            underWay.Complete(hash);
            return exchanged;
        }
        finally
        {
            underWay.End(hash);
        }
    }

    private async Task<Tokens> ExchangeAsync(string hash, string? keyHash, CancellationToken cancellationToken)
    {
        var shown = await families.FindTokenAsync(hash, cancellationToken) ?? throw AuthErrors.RefreshInvalid();
        var isRepeat = await IsRepeatAsync(shown, keyHash, cancellationToken);
        if (!isRepeat && shown.IsReplay(caller.ReceivedAt))
        {
            await signInEnder.EndAsync(shown.FamilyId, SessionEndReason.Revoked, AuditEvent.RefreshTokenReused, cancellationToken);
            throw AuthErrors.RefreshReused();
        }

        var family = await families.FindAsync(shown.FamilyId, cancellationToken);
        if (family is null || family.IsRevoked || shown.HasExpired(time.Now()))
        {
            throw AuthErrors.RefreshInvalid();
        }

        var user = await accounts.FindAsync(family.UserId, cancellationToken) ?? throw AuthErrors.RefreshInvalid();
        return await unitOfWork.ExecuteAsync(
            async token =>
            {
                var now = time.Now();
                if (!isRepeat && !await families.TryConsumeAsync(hash, keyHash, now, token))
                {
                    throw AuthErrors.RefreshRaced();
                }

                return Issue(family.Id, user, now);
            },
            cancellationToken
        );
    }

    /// <summary>Whoever has used what came of an exchange has seen its answer, and has no reason to ask again.</summary>
    private async Task<bool> IsRepeatAsync(RefreshToken shown, string? keyHash, CancellationToken cancellationToken) =>
        shown.WasExchangedWith(keyHash)
        && !await families.AnyConsumedAsync(shown.FamilyId, shown.ConsumedAt!.Value, caller.ReceivedAt, cancellationToken);

    private Tokens Issue(TokenFamilyId family, User user, DateTimeOffset now)
    {
        var (text, hash) = tokens.CreateRefreshToken();
        families.Add(RefreshToken.Issue(hash, family, now, RefreshTokenPolicy.Lifetime));
        return new Tokens(UserView.Of(user), tokens.CreateAccessToken(user, family), text, RefreshTokenPolicy.Lifetime);
    }
}
