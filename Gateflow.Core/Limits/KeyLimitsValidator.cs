using FluentValidation;

namespace Gateflow.Core.Limits;

/// <summary>The rules of limits, the same for the API and the pages.</summary>
public sealed class KeyLimitsValidator : AbstractValidator<KeyLimits>
{
    private const long Most = 1_000_000_000_000;

    public KeyLimitsValidator()
    {
        RuleFor(l => l.Rpm).GreaterThan(0).WithMessage("rpm must be at least 1 request a minute; leave it out for no limit.");
        RuleFor(l => l.Tpm).InclusiveBetween(1, Most).WithMessage($"tpm must be from 1 to {Most} tokens a minute; leave it out for no limit.");
        RuleFor(l => l.DailyRequests).InclusiveBetween(1, Most).WithMessage($"daily_requests must be from 1 to {Most}; leave it out for no limit.");
        RuleFor(l => l.MonthlyCostUsd).InclusiveBetween(0.000001m, 1_000_000_000m)
            .WithMessage("monthly_cost_usd must be more than 0 and at most 1000000000; leave it out for no limit.");
    }
}
