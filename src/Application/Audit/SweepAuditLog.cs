using BmadServer.Application.Common;
using BmadServer.Domain.Audit;
using BmadServer.Domain.Common;
using MediatR;

namespace BmadServer.Application.Audit;

/// <summary>Deletes the entries of the audit log that are older than it is kept.</summary>
/// <returns>How many it deleted.</returns>
public sealed record SweepAuditLog : IRequest<int>;

internal sealed class SweepAuditLogHandler(IAuditLog log, AuditOptions options, IUnitOfWork unitOfWork, TimeProvider time)
    : IRequestHandler<SweepAuditLog, int>
{
    /// <summary>Bounds one transaction; the rest is for the next one.</summary>
    private const int BatchSize = 1000;

    public async Task<int> Handle(SweepAuditLog request, CancellationToken cancellationToken)
    {
        var deleted = 0;
        while (true)
        {
            var batch = await unitOfWork.ExecuteAsync(
                token => log.DeleteAsync(time.Now() - TimeSpan.FromDays(options.RetentionDays), BatchSize, token),
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
