"""What the centre asks of the survey: one function a question over one scoped source of figures (`survey.reports.source`).

Every figure keeps approved records (official) apart from the others. `survey.reports.heads` has the questions, the committee's four heads first.
"""
