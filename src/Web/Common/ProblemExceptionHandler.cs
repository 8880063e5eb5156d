using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;

namespace BmadServer.Web.Common;

/// <summary>Answers every failed REST request with RFC 9457 problem details that carry a stable code.</summary>
internal sealed class ProblemExceptionHandler(ILogger<ProblemExceptionHandler> logger) : IExceptionHandler
{
    private const string CodeKey = "code";

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is OperationCanceledException && httpContext.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to read an answer.
            httpContext.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            return true;
        }

        var answer = ErrorAnswer.To(exception);
        if (answer.IsUnexpected)
        {
            logger.LogError(exception, "{Method} {Path} failed", httpContext.Request.Method, httpContext.Request.Path);
        }

        await AnswerAsync(httpContext, answer);
        return true;
    }

    /// <summary>Refuses a request whose answer has not begun.</summary>
    public static ValueTask AnswerAsync(HttpContext context, ErrorAnswer answer)
    {
        var response = context.Response;
        response.StatusCode = answer.Status;
        if (answer.RetryAfterSeconds is { } seconds)
        {
            response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        var problems = context.RequestServices.GetRequiredService<IProblemDetailsService>();
        return problems.WriteAsync(new ProblemDetailsContext { HttpContext = context, ProblemDetails = Describe(answer) });
    }

    /// <summary>Completes what the framework answers by itself: a 401 without a token, a 404 without a route.</summary>
    public static void Complete(ProblemDetailsContext context)
    {
        var problem = context.ProblemDetails;
        if (!problem.Extensions.ContainsKey(CodeKey))
        {
            var answer = ErrorAnswer.OfStatus(problem.Status ?? context.HttpContext.Response.StatusCode);
            problem.Detail = answer.Sentence;
            problem.Extensions[CodeKey] = answer.Code;
        }

        problem.Extensions["traceId"] = Activity.Current?.TraceId.ToString() ?? context.HttpContext.TraceIdentifier;
    }

    private static ProblemDetails Describe(ErrorAnswer answer)
    {
        var problem = new ProblemDetails { Status = answer.Status, Detail = answer.Sentence };
        problem.Extensions[CodeKey] = answer.Code;
        if (answer.Errors is not null)
        {
            problem.Extensions["errors"] = answer.Errors;
        }

        return problem;
    }
}
