using BmadServer.Application.Common;
using BmadServer.Domain.Common;
using BmadServer.Domain.Users;
using MediatR;

namespace BmadServer.Application.Auth;

/// <summary>Deletes the refresh tokens that expired a while ago: they can neither be exchanged nor tell of a theft any more.</summary>
/// <returns>How many it deleted.</returns>
public sealed record SweepRefreshTokens : IRequest<int>;

internal sealed class SweepRefreshTokensHandler(ITokenFamilyRepository families, IUnitOfWork unitOfWork, TimeProvider time)
    : IRequestHandler<SweepRefreshTokens, int>
{
    /// <summary>Bounds one transaction; the rest is for the next one.</summary>
    private const int BatchSize = 1000;

    /// <summary>How long an expired token is kept, so that its replay still ends its family.</summary>
    private static readonly TimeSpan Retention = TimeSpan.FromDays(1);

    public async Task<int> Handle(SweepRefreshTokens request, CancellationToken cancellationToken)
    {
        var deleted = 0;
        while (true)
        {
            var batch = await unitOfWork.ExecuteAsync(
                token => families.DeleteExpiredAsync(time.Now() - Retention, BatchSize, token),
                cancellationToken
            );
            deleted += batch;
            if (batch < BatchSize)
            {
                return deleted;
            }
        }
    }
}
