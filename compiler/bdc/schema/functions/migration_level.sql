select done.migration from app.migration as done order by done.number desc limit 1
