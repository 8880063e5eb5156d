using BmadServer.Application.Audit;
using BmadServer.Application.Common;
using BmadServer.Domain.Audit;
using MediatR;

namespace BmadServer.Application.Administration;

/// <summary>Writes into the audit log that the signing key was replaced, which no transaction can comprise.</summary>
public sealed record NoteKeyRotation(bool PreviousKept) : IRequest;

internal sealed class NoteKeyRotationHandler(AuditTrail audit, IUnitOfWork unitOfWork) : AsyncRequestHandler<NoteKeyRotation>
{
    protected override Task Handle(NoteKeyRotation request, CancellationToken cancellationToken) =>
        unitOfWork.ExecuteAsync(
            _ =>
            {
                audit.Record(AuditEvent.KeysRotated, user: null, detail: request.PreviousKept ? "previous kept" : "previous discarded");
                return Task.CompletedTask;
            },
            cancellationToken
        );
}
